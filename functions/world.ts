import type { Unreadable } from '../aws/events-table/table.ts'
import { documentClient, type EventsTable, eventsTable } from '../aws/events-table.ts'
import { type ExpressLane, expressLane } from '../aws/express-lane.ts'
import { type Log, log } from '../aws/log.ts'
import { type MetricsPort, metrics } from '../aws/metrics.ts'
import { type Runners, runners, sfnClient } from '../aws/runners.ts'
import { systemClock } from '../aws/system-clock.ts'
import { snsClient, type Topics, topics } from '../aws/topics.ts'
import { type WarmUp, warmUpWith } from '../aws/warm-up.ts'
import type { Clock, Random } from '../core/clock.ts'
import type { IndexKind } from '../core/index-kind.ts'
import type { InputRules } from '../core/request-schema.ts'
import { variables } from './variables.ts'

/** All that functions work with: the ports to AWS, and what the function's variables say. Tests and simulator bring their own. */
export interface World {
  clock: Clock
  random: Random
  log: Log
  metrics: MetricsPort
  table: EventsTable
  topics: Topics
  runners: Runners
  express: ExpressLane
  warmUp: WarmUp
  shards: number
  /** Which ids are indexed. */
  index: IndexKind
  /** Attempts before an event is given up. */
  maxAttempts: number
  /** ARN of the stack's own failure topic. */
  failureTopicArn: string
  rules: InputRules
}

/** One client for both machines, and none for a function that starts neither. */
let client: ReturnType<typeof sfnClient> | undefined
function sfn() {
  client ??= sfnClient()
  return client
}

/** How each part is made on AWS, from the variables of the function alone. */
const MAKE: { [Name in keyof World]: () => World[Name] } = {
  clock: () => systemClock,
  random: () => Math.random,
  log: () => log,
  metrics,
  table: () => {
    const { EVENTS_TABLE: tableName, RETENTION_DAYS: retentionDays } = variables('EVENTS_TABLE', 'RETENTION_DAYS')
    const client = documentClient(Math.random)
    const unreadable = (item: Unreadable) => log.warn('item that this version cannot read', item)
    return eventsTable({ client, tableName, retentionDays, clock: systemClock, random: Math.random, unreadable })
  },
  topics: () => topics(snsClient()),
  runners: () => runners(sfn(), variables('DELIVER_SLOT_ARN').DELIVER_SLOT_ARN),
  express: () => expressLane(sfn(), variables('DELIVER_NOW_ARN').DELIVER_NOW_ARN),
  warmUp: () => warmUpWith({ clock: systemClock, log }),
  index: () => variables('INDEX').INDEX,
  shards: () => variables('SHARDS').SHARDS,
  maxAttempts: () => variables('MAX_ATTEMPTS').MAX_ATTEMPTS,
  failureTopicArn: () => variables('FAILURE_TOPIC_ARN').FAILURE_TOPIC_ARN,
  rules: () => {
    const { ALLOWED_TARGETS: allowedTargets, ENFORCE_USER: enforceUser } = variables('ALLOWED_TARGETS', 'ENFORCE_USER')
    return { allowedTargets, enforceUser }
  },
}

/** The named parts of the world as they are on AWS; the variables of others need not be set. */
export function worldOnAws<Name extends keyof World>(...names: readonly Name[]): Pick<World, Name> {
  return Object.fromEntries(names.map((name) => [name, MAKE[name]()])) as Pick<World, Name>
}
