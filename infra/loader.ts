import type * as pulumi from '@pulumi/pulumi'
import { TIMEOUT_SECONDS } from '../core/timetable.ts'
import { startRunners } from './grants.ts'
import { LambdaFunction } from './lambda-function.ts'
import type { Names } from './names.ts'
import { type Stores, variablesOf } from './variables.ts'

/** Opens, each minute, the slots that come up, and reopens those that ended unsettled. */
export function loader(names: Names, stores: Stores, parent: pulumi.Resource): LambdaFunction {
  return new LambdaFunction(
    names,
    {
      part: 'loader',
      // Less than the minute until the next one starts.
      timeoutSeconds: TIMEOUT_SECONDS.loader,
      memoryMb: 256,
      reservedConcurrency: names.settings.loaderReservedConcurrency,
      variables: variablesOf(names, stores, ['EVENTS_TABLE', 'DELIVER_SLOT_ARN', 'RETENTION_DAYS']),
      allow: [stores.table.can('Query', 'GetItem', 'PutItem', 'UpdateItem'), ...startRunners(names)],
    },
    { parent },
  )
}
