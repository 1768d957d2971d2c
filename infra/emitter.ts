import type * as pulumi from '@pulumi/pulumi'
import { TIMEOUT_SECONDS } from '../core/timetable.ts'
import { publish, start } from './grants.ts'
import { Fn, type FnArgs } from './lambda-function.ts'
import type { Site } from './names.ts'
import { NODE_OPTIONS } from './node-options.ts'
import { environment, type Stores } from './variables.ts'

/** Publishes the events of a segment, each at its millisecond. */
export function emitter(site: Site, stores: Stores, parent: pulumi.Resource): Fn {
  return new Fn(site, 'emitter', emits(site, stores), { parent })
}

/** What every function needs that emits: the settler does too, what the emitter left. */
export function emits(site: Site, stores: Stores): FnArgs {
  return {
    timeoutSeconds: TIMEOUT_SECONDS.emitter,
    memoryMb: site.settings.emitterMemoryMb,
    environment: {
      ...environment(site, stores, [
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
      start(site, 'deliver-slot'),
      ...publish(site, [stores.output.arn, stores.failure.arn]),
    ],
  }
}
