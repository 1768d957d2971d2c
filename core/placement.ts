import { type EventRef, emitAtMsOf, eventKey, type ScheduledEvent, turnOf } from './event.ts'
import { chooseLane } from './lane.ts'
import type { ScheduleRequest } from './request.ts'
import type { Slot } from './slot.ts'
import type { Untold } from './untold.ts'

/** What decides where an event goes, besides the event itself. */
export interface Placing {
  slot: Slot
  /** Epoch ms. */
  nowMs: number
}

/**
 * The first attempt of an event: in the slot of its date, in the lane that fits now. It is tried, whatever came of it
 * where it stood before.
 */
export function placeInSlot(
  event: Omit<ScheduledEvent, 'slot' | 'key' | 'emitAtMs' | 'lane' | 'attempt'>,
  { slot, nowMs }: Placing,
): ScheduledEvent {
  const { untold: _, ...asked } = event
  const { id, dueAtMs } = asked
  return {
    ...asked,
    slot,
    key: eventKey(dueAtMs, id, 1),
    emitAtMs: dueAtMs,
    lane: chooseLane(dueAtMs, slot, nowMs),
    attempt: 1,
  }
}

/** The event that a client asks for. */
export function toEvent(
  { id, date, target, payload, user, failureTopic, latest, publication, traceparent }: ScheduleRequest,
  placing: Placing,
): ScheduledEvent {
  const when = { date: date.text, dueAtMs: date.atMs, latest: latest?.text, latestAtMs: latest?.atMs }
  const acceptedAtMs = placing.nowMs
  return placeInSlot(
    { id, target, payload, user, failureTopic, publication, traceparent, acceptedAtMs, ...when },
    placing,
  )
}

/** The key of an event that goes on at `atMs`. What follows an item of its chain has the next turn. */
export function nextKey({ id, key }: Pick<ScheduledEvent, 'id' | 'key'>, atMs: number): string {
  return eventKey(atMs, id, turnOf(key) + 1)
}

/** Where an event goes on and as what: by default as its next attempt. */
export interface Continuation extends EventRef {
  /** Attempts made before; those of the event where nothing is said. */
  attempts?: number | undefined
  untold?: Untold | undefined
}

/** An event as it goes on: all that differs follows from there. */
export function attemptAt(event: ScheduledEvent, continuation: Continuation, nowMs: number): ScheduledEvent {
  const { slot, key, attempts = event.attempt, untold } = continuation
  const { untold: _, ...asked } = event
  const emitAtMs = emitAtMsOf(key)
  const goesOn = { ...asked, slot, key, emitAtMs, lane: chooseLane(emitAtMs, slot, nowMs), attempt: attempts + 1 }
  return untold ? { ...goesOn, untold } : goesOn
}
