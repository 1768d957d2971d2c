import type * as pulumi from '@pulumi/pulumi'
import { TIMEOUT_SECONDS } from '../core/timetable.ts'
import { LambdaFunction } from './lambda-function.ts'
import type { Names } from './names.ts'
import { type Stores, variablesOf } from './variables.ts'

/** Cuts a slot into segments. */
export function planner(names: Names, stores: Stores, parent: pulumi.Resource): LambdaFunction {
  return new LambdaFunction(
    names,
    {
      part: 'planner',
      timeoutSeconds: TIMEOUT_SECONDS.planner,
      memoryMb: 512,
      variables: variablesOf(names, stores, ['EVENTS_TABLE', 'RETENTION_DAYS']),
      allow: [stores.table.can('Query', 'GetItem', 'UpdateItem')],
    },
    { parent },
  )
}
