import type { EventsReader } from '../aws/events-table.ts'
import { type RejectionCode, SchedulerError } from '../core/errors.ts'
import { asReceived, type EventRef, type ScheduledEvent } from '../core/event.ts'
import type { DeliveriesTable } from '../status/deliveries.ts'
import { follow, statusOf } from '../status/event-status.ts'
import type { Status } from '../status/status.ts'

export type RedriveTable = Pick<EventsReader, 'lookUp'> & DeliveriesTable

/** Why an event of another status is not delivered again. */
const WHY_NOT: Partial<Record<Status, [code: RejectionCode, why: string]>> = {
  unknown: ['EVENT_NOT_FOUND', 'is not known: check its id and date'],
  pending: ['EVENT_EXISTS', 'is pending: it will be delivered'],
  retrying: ['EVENT_EXISTS', 'is being retried: it will be tried again'],
  delivered: ['EVENT_ENDED', 'has been delivered: schedule it with another id or date to have it again'],
  cancelled: ['EVENT_ENDED', 'was cancelled or rescheduled: schedule it again to have it all the same'],
}

/**
 * The message that has a failed or expired event delivered after all: as it was, without a `latest` that has passed.
 * @throws SchedulerError if it has neither failed nor expired
 */
export async function messageAgain(table: RedriveTable, ref: EventRef, nowMs: number): Promise<object> {
  const standing = await follow(table, ref)
  const status = await statusOf(table, standing, nowMs)
  const [code, why] = WHY_NOT[status] ?? []
  const { content } = standing
  if (code || !content) {
    const sentence = `Event ${ref.key.split('#')[1]} ${why ?? 'is kept no more'}.`
    throw new SchedulerError(code ?? 'EVENT_NOT_FOUND', sentence)
  }
  return withoutPassed(content, nowMs)
}

function withoutPassed(event: ScheduledEvent, nowMs: number): object {
  const { latest, ...message } = asReceived(event)
  const again = { ...message, traceparent: event.traceparent }
  return event.latestAtMs !== undefined && event.latestAtMs <= nowMs ? again : { ...again, latest }
}
