import type * as pulumi from '@pulumi/pulumi'
import { emits } from './emitter.ts'
import { Fn } from './lambda-function.ts'
import type { Site } from './names.ts'
import type { Stores } from './variables.ts'

/** Proves that a slot is done, and emits, late, what is not. */
export function settler(site: Site, stores: Stores, parent: pulumi.Resource): Fn {
  return new Fn(site, 'settler', emits(site, stores), { parent })
}
