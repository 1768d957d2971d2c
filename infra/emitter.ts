import type * as pulumi from '@pulumi/pulumi'
import { TIMEOUT_SECONDS } from '../core/timetable.ts'
import { publish, startRunners } from './grants.ts'
import { LambdaFunction, type LambdaFunctionArgs } from './lambda-function.ts'
import type { Names } from './names.ts'
import { NODE_OPTIONS } from './node-options.ts'
import { type Stores, variablesOf } from './variables.ts'

/** Publishes the events of a segment, each at its millisecond. */
export function emitter(names: Names, stores: Stores, parent: pulumi.Resource): LambdaFunction {
  const reservedConcurrency = names.settings.emitterReservedConcurrency
  return new LambdaFunction(names, { part: 'emitter', ...emits(names, stores), reservedConcurrency }, { parent })
}

/** What every function needs that emits: the settler does too, what the emitter left. */
export function emits(names: Names, stores: Stores): Omit<LambdaFunctionArgs, 'part'> {
  return {
    timeoutSeconds: TIMEOUT_SECONDS.emitter,
    memoryMb: names.settings.emitterMemoryMb,
    variables: {
      ...variablesOf(names, stores, [
        'EVENTS_TABLE',
        'DELIVER_SLOT_ARN',
        'FAILURE_TOPIC_ARN',
        'SHARDS',
        'RETENTION_DAYS',
        'MAX_ATTEMPTS',
      ]),
      NODE_OPTIONS,
    },
    allow: [
      stores.table.can('Query', 'BatchGetItem', 'PutItem', 'BatchWriteItem', 'UpdateItem', 'GetItem'),
      ...startRunners(names),
      ...publish(names, [stores.output.arn, stores.failure.arn]),
    ],
  }
}
