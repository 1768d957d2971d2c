import type * as pulumi from '@pulumi/pulumi'
import { TIMEOUT_SECONDS } from '../core/timetable.ts'
import { Fn } from './lambda-function.ts'
import type { Site } from './names.ts'
import { environment, type Stores } from './variables.ts'

/** Cuts a slot into segments. */
export function planner(site: Site, stores: Stores, parent: pulumi.Resource): Fn {
  return new Fn(
    site,
    'planner',
    {
      timeoutSeconds: TIMEOUT_SECONDS.planner,
      memoryMb: 512,
      environment: environment(site, stores, ['EVENTS_TABLE', 'RETENTION_DAYS']),
      allow: [stores.table.can('Query', 'GetItem', 'UpdateItem')],
    },
    { parent },
  )
}
