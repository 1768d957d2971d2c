import type * as pulumi from '@pulumi/pulumi'
import { emits } from './emitter.ts'
import { LambdaFunction } from './lambda-function.ts'
import type { Names } from './names.ts'
import type { Stores } from './variables.ts'

/** Proves that a slot is done, and emits, late, what is not. */
export function settler(names: Names, stores: Stores, parent: pulumi.Resource): LambdaFunction {
  return new LambdaFunction(names, { part: 'settler', ...emits(names, stores) }, { parent })
}
