import { documentClient, eventsTable } from '../aws/events-table.ts'
import { log } from '../aws/log.ts'
import { runners, sfnClient } from '../aws/runners.ts'
import { systemClock } from '../aws/system-clock.ts'
import { snsClient, topics } from '../aws/topics.ts'
import { notifyWith } from './notify.ts'
import { openSlotWith } from './open-slot.ts'
import { settings } from './variables.ts'

/** What every function has. */
export function base() {
  const { EVENTS_TABLE, RETENTION_DAYS } = settings('EVENTS_TABLE', 'RETENTION_DAYS')
  const ports = { clock: systemClock, random: Math.random, log }
  const table = eventsTable({
    ...ports,
    client: documentClient(),
    tableName: EVENTS_TABLE,
    retentionDays: RETENTION_DAYS,
  })
  return { ...ports, table }
}

/** What opening slots takes. */
export function opening({ table, clock }: ReturnType<typeof base>, sfn = sfnClient()) {
  const port = runners(sfn, settings('DELIVER_SLOT_ARN').DELIVER_SLOT_ARN)
  return { runners: port, openSlot: openSlotWith({ table, clock, runners: port }) }
}

/** What publishing takes. */
export function publishing({ clock, random }: ReturnType<typeof base>) {
  const port = topics(snsClient())
  const failureTopicArn = settings('FAILURE_TOPIC_ARN').FAILURE_TOPIC_ARN
  return { topics: port, notify: notifyWith({ topics: port, clock, random, failureTopicArn }) }
}

/** What a delivery takes: the emitter's and the settler's. */
export function delivering() {
  const common = base()
  const { SHARDS: shards, MAX_ATTEMPTS: maxAttempts } = settings('SHARDS', 'MAX_ATTEMPTS')
  return { ...common, ...opening(common), ...publishing(common), shards, maxAttempts }
}
