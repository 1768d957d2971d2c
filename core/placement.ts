import { type EventRef, emitAtMsOf, eventKey, type ScheduledEvent, turnOf } from './event.ts'
import { chooseLane } from './lane.ts'
import type { ScheduleRequest } from './request.ts'
import type { Slot } from './slot.ts'

/** What decides where an event goes, besides the event itself. */
export interface Placing {
  slot: Slot
  /** Epoch ms. */
  nowMs: number
}

/** The first attempt of an event: in the slot of its date, in the lane that fits now. */
export function placeInSlot(
  event: Omit<ScheduledEvent, 'slot' | 'key' | 'emitAtMs' | 'lane' | 'attempt'>,
  { slot, nowMs }: Placing,
): ScheduledEvent {
  const { id, dueAtMs } = event
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
  { id, date, target, payload, user, failureTopic, latest, publication }: ScheduleRequest,
  placing: Placing,
): ScheduledEvent {
  const when = { date: date.text, dueAtMs: date.atMs, latest: latest?.text, latestAtMs: latest?.atMs }
  const acceptedAtMs = placing.nowMs
  return placeInSlot({ id, target, payload, user, failureTopic, publication, acceptedAtMs, ...when }, placing)
}

/** The key of an event's next attempt, if it is tried again at `retryAtMs`. */
export function nextKey({ id, key }: ScheduledEvent, retryAtMs: number): string {
  return eventKey(retryAtMs, id, turnOf(key) + 1)
}

/** The next attempt of an event, which belongs to `place`. */
export function attemptAt(event: ScheduledEvent, { slot, key }: EventRef, nowMs: number): ScheduledEvent {
  const emitAtMs = emitAtMsOf(key)
  return { ...event, slot, key, emitAtMs, lane: chooseLane(emitAtMs, slot, nowMs), attempt: event.attempt + 1 }
}
