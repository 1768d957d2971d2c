import type * as pulumi from '@pulumi/pulumi'
import { environment, type Stores } from './environment.ts'
import { Fn } from './fn.ts'
import type { Site } from './site.ts'

/** Cuts a slot into segments. */
export function planner(site: Site, stores: Stores, parent: pulumi.Resource): Fn {
  return new Fn(
    site,
    'planner',
    {
      timeoutSeconds: 120,
      memoryMb: 512,
      environment: environment(site, stores, ['EVENTS_TABLE', 'RETENTION_DAYS']),
      allow: [stores.table.can('Query', 'GetItem', 'UpdateItem')],
    },
    { parent },
  )
}
