import * as pulumi from '@pulumi/pulumi'
import type { EventsTable } from './events-table.ts'
import type { Names } from './names.ts'
import type { TargetTopic } from './target-topic.ts'

/** What the functions work on. */
export interface Stores {
  table: EventsTable
  output: TargetTopic
  failure: TargetTopic
}

function allVariables({ settings, stateMachineArnOf, allowedTargets }: Names, { table, failure }: Stores) {
  return {
    EVENTS_TABLE: table.name,
    DELIVER_SLOT_ARN: stateMachineArnOf('deliver-slot'),
    DELIVER_NOW_ARN: stateMachineArnOf('deliver-now'),
    FAILURE_TOPIC_ARN: failure.arn,
    ALLOWED_TARGETS: pulumi.jsonStringify(allowedTargets),
    ENFORCE_USER: String(settings.enforceUser),
    INDEX: settings.index,
    SHARDS: String(settings.shards),
    RETENTION_DAYS: String(settings.retentionDays),
    MAX_ATTEMPTS: String(settings.maxAttempts),
  }
}

type Variable = keyof ReturnType<typeof allVariables>

/** The variables of a function that reads just these. */
export function variablesOf(names: Names, stores: Stores, reads: Variable[]): Record<string, pulumi.Input<string>> {
  const all = allVariables(names, stores)
  return Object.fromEntries(reads.map((variable) => [variable, all[variable]]))
}
