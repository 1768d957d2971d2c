import { type Slot, slotStartMs } from './slot.ts'
import { AT_WORK_AFTER_MS, FAR_MS, NEAR_MS, SOON_MS, STILL_NEAR_MS } from './timetable.ts'

/**
 * An event that has waited to be taken in for so long after its due joins an emitter at work, which has it within about as
 * long again, ms.
 */
export const LATE_MS = 1_000

/** Every lane, see `Lane`. */
export const LANES = ['far', 'near', 'soon', 'express'] as const

/**
 * Who delivers an event: nobody else publishes it, but for the settler, who first takes it over. It is chosen when the
 * event is parked, and stored with it.
 *
 * `far`: the runner of its slot. The slot begins so late that the loader opens it when its time comes.
 *
 * `near`: the runner of its slot. The slot begins so soon that the validator opens it; the emitter reads the event in
 * its turn.
 *
 * `soon`: the runner of its slot, known to be at work. Its emitter may have read past the event already, or the event is
 * late, so that an announcement tells it.
 *
 * `express`: an execution of the express lane, started for this event. The runner of its slot only settles it.
 */
export type Lane = (typeof LANES)[number]

/** Who delivers an event of `slot` that is emitted at `emitAtMs`. Late beats lost: what is past due goes out at once. */
export function chooseLane(emitAtMs: number, slot: Slot, nowMs: number): Lane {
  if (!mustOpen(slot, nowMs)) return 'far'
  return emitAtMs - nowMs >= NEAR_MS ? 'near' : 'express'
}

/** Whether a slot comes up so soon that whoever parks an event in it has to open it. */
export function mustOpen(slot: Slot, nowMs: number): boolean {
  return slotStartMs(slot) - nowMs < FAR_MS
}

/** Whether an event that is due too soon to be read in its turn can be left to a runner that was opened at `openedAtMs`. */
export function canJoin(
  { emitAtMs }: { emitAtMs: number },
  { openedAtMs, nowMs }: { openedAtMs: number | undefined; nowMs: number },
): boolean {
  return openedAtMs !== undefined && nowMs - openedAtMs >= AT_WORK_AFTER_MS && emitAtMs - nowMs >= SOON_MS
}

/**
 * Whether an event is late, and not only due at once: it has waited to be taken in. What was past due when it was published
 * is not late before it has waited, too.
 */
export function isLate({ emitAtMs, publication }: Waiting, nowMs: number): boolean {
  return nowMs - Math.max(emitAtMs, publication?.atMs ?? emitAtMs) >= LATE_MS
}

interface Waiting {
  emitAtMs: number
  publication?: { atMs: number } | undefined
}

/**
 * Whether an emitter is at work that finds a late event by its announcement: that of the segment in which the event stands,
 * as the slot is planned, until the segment is past.
 */
export function isAwaited(
  { key }: { key: string },
  planned: readonly { to: string; untilMs: number }[],
  nowMs: number,
): boolean {
  const segment = planned.find(({ to }) => key < to)
  return segment !== undefined && nowMs + SOON_MS <= segment.untilMs
}

/**
 * Whether the emitter of an event that is its runner's may have read past it, asked when its write has been acknowledged, or
 * it is found to be there. Then the emitter is to be told.
 */
export function mayBeMissed({ lane, emitAtMs }: Placed, nowMs: number): boolean {
  return lane !== 'express' && emitAtMs - nowMs < STILL_NEAR_MS
}

/** The same of one that has just been written: what was announced with its write has been found if it still was ahead. */
export function mustAnnounce(event: Placed, nowMs: number): boolean {
  return mayBeMissed(event, nowMs) && (event.lane !== 'soon' || event.emitAtMs < nowMs)
}

interface Placed {
  lane: Lane
  emitAtMs: number
}
