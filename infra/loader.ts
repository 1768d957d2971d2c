import type * as pulumi from '@pulumi/pulumi'
import { TIMEOUT_SECONDS } from '../core/timetable.ts'
import { start } from './grants.ts'
import { Fn } from './lambda-function.ts'
import type { Site } from './names.ts'
import { environment, type Stores } from './variables.ts'

/** Opens, each minute, the slots that come up, and reopens those that ended unsettled. */
export function loader(site: Site, stores: Stores, parent: pulumi.Resource): Fn {
  return new Fn(
    site,
    'loader',
    {
      // Less than the minute until the next one starts.
      timeoutSeconds: TIMEOUT_SECONDS.loader,
      memoryMb: 256,
      environment: environment(site, stores, ['EVENTS_TABLE', 'DELIVER_SLOT_ARN', 'SHARDS', 'RETENTION_DAYS']),
      allow: [stores.table.can('Query', 'GetItem', 'UpdateItem'), start(site, 'deliver-slot')],
    },
    { parent },
  )
}
