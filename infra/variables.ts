import * as pulumi from '@pulumi/pulumi'
import type { EventsTable } from './events-table.ts'
import type { Site } from './names.ts'
import type { TargetTopic } from './target-topic.ts'

/** What the functions work on. */
export interface Stores {
  table: EventsTable
  output: TargetTopic
  failure: TargetTopic
}

function variables({ settings, stateMachineArnOf, allowedTargets }: Site, { table, failure }: Stores) {
  return {
    EVENTS_TABLE: table.name,
    DELIVER_SLOT_ARN: stateMachineArnOf('deliver-slot'),
    DELIVER_NOW_ARN: stateMachineArnOf('deliver-now'),
    FAILURE_TOPIC_ARN: failure.arn,
    ALLOWED_TARGETS: pulumi.jsonStringify(allowedTargets),
    ENFORCE_USER: String(settings.enforceUser),
    SHARDS: String(settings.shards),
    RETENTION_DAYS: String(settings.retentionDays),
    MAX_ATTEMPTS: String(settings.maxAttempts),
  }
}

type Variable = keyof ReturnType<typeof variables>

/** The environment of a function that reads just these variables. */
export function environment(site: Site, stores: Stores, names: Variable[]): Record<string, pulumi.Input<string>> {
  const all = variables(site, stores)
  return Object.fromEntries(names.map((name) => [name, all[name]]))
}
