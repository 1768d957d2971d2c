import { eventKey, type ScheduledEvent } from './event.ts'
import { chooseLane } from './lane.ts'
import type { ScheduleRequest } from './request.ts'
import { slotOf } from './slot.ts'

/** What decides where an event goes, besides the event itself. */
export interface Placing {
  /** Shards of the stack. */
  shards: number
  /** Epoch ms. */
  nowMs: number
}

/** The first attempt of an event: in the slot of its date, in the lane that fits now. */
export function placeInSlot(
  event: Omit<ScheduledEvent, 'slot' | 'key' | 'emitAtMs' | 'lane' | 'attempt'>,
  { shards, nowMs }: Placing,
): ScheduledEvent {
  const { id, dueAtMs } = event
  const slot = slotOf(dueAtMs, id, shards)
  return {
    ...event,
    slot,
    key: eventKey(dueAtMs, id, 1),
    emitAtMs: dueAtMs,
    lane: chooseLane(dueAtMs, slot, nowMs),
    attempt: 1,
  }
}

/** The event that a client asks for. */
export function toEvent(
  { id, date, target, payload, user, failureTopic, latest }: ScheduleRequest,
  placing: Placing,
): ScheduledEvent {
  const when = { date: date.text, dueAtMs: date.atMs, latest: latest?.text, latestAtMs: latest?.atMs }
  const acceptedAtMs = placing.nowMs
  return placeInSlot({ id, target, payload, user, failureTopic, acceptedAtMs, ...when }, placing)
}

/** The next attempt of an event, in the slot of `retryAtMs`. */
export function nextAttempt(event: ScheduledEvent, retryAtMs: number, { shards, nowMs }: Placing): ScheduledEvent {
  const slot = slotOf(retryAtMs, event.id, shards)
  const attempt = event.attempt + 1
  return {
    ...event,
    slot,
    key: eventKey(retryAtMs, event.id, attempt),
    emitAtMs: retryAtMs,
    lane: chooseLane(retryAtMs, slot, nowMs),
    attempt,
  }
}
