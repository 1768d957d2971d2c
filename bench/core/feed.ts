import { eventKey, type ScheduledEvent } from '../../core/event.ts'
import type { Slot } from '../../core/slot.ts'
import { slotOf } from '../../core/slot.ts'
import { topicArn } from '../aws/sns.ts'
import { TARGET } from '../workload.ts'

/** Made in one turn of the event loop: making them is not what is measured. */
export const PAGE_EVENTS = 100

/** What the payload of each event begins with. */
export const PAYLOAD = 'payload '.padEnd(200, '.')

/** The `index`-th event of a feed, due at `dueAtMs`. */
export function feedEvent(index: number, dueAtMs: number): ScheduledEvent {
  const id = `core-${String(index).padStart(8, '0')}`
  return {
    slot: slotOf(dueAtMs, id, 1),
    key: eventKey(dueAtMs, id, 1),
    id,
    dueAtMs,
    emitAtMs: dueAtMs,
    lane: 'far',
    attempt: 1,
    target: topicArn(TARGET),
    // A string of its own, as one that was read would be.
    payload: `${PAYLOAD}${index}`,
    date: new Date(dueAtMs).toISOString(),
    user: 'bench',
  }
}

export const slotFor = (dueAtMs: number): Slot => slotOf(dueAtMs, 'core', 1)

/** Due time of the `index`-th of `events` that are spread evenly over `spreadMs` from `firstDueMs` on. */
export const dueOf = (index: number, { events, spreadMs }: { events: number; spreadMs: number }, firstDueMs: number) =>
  firstDueMs + Math.floor((index * spreadMs) / events)
