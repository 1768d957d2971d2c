import { type Slot, slotStartMs } from './slot.ts'

/**
 * Who delivers an event. far and near: the runner of its slot, opened by the loader or by the validator. soon: that
 * runner too, at work already and told of the event by an announcement. now: the express lane; the runner only settles
 * it.
 */
export type Lane = 'far' | 'near' | 'soon' | 'now'

/** Slots that begin at least this many ms ahead are left to the loader. */
export const FAR_MS = 240_000

/** The loader opens slots that begin within this many ms. One minute less than `FAR_MS`: the overlap that covers clock skew. */
export const SWEEP_AHEAD_MS = 180_000

/** Events due at least this many ms ahead are delivered by the runner of their slot. */
export const NEAR_MS = 5_000

/**
 * After the write the runner still counts on an event that is at least this many ms ahead. The emitter first reads it
 * `READ_AHEAD_MS` ahead; what lies between covers the skew of the two clocks.
 */
export const STILL_NEAR_MS = 4_000

/**
 * Events due at least this many ms ahead can still be announced to a runner at work: time to write them, and for its
 * emitter, which looks for announcements twice a second, to find them.
 */
export const SOON_MS = 1_500

/** After the write the runner still finds an announced event in time that is at least this many ms ahead. */
export const STILL_SOON_MS = 750

/** A runner has an emitter at work this many ms after it was started within its minute, planning included. */
export const AT_WORK_AFTER_MS = 3_000

/** By how much two functions' clocks may differ, in ms, before events are late; they are never lost. */
export const CLOCK_SKEW_MS = 2_000

/** How far ahead the emitter reads its segment, in ms. */
export const READ_AHEAD_MS = 2_000

/** Who delivers an event of `slot` that is to be emitted at `emitAtMs`. Late beats lost: what is past due goes out now. */
export function chooseLane(emitAtMs: number, slot: Slot, nowMs: number): Lane {
  if (!mustOpen(slot, nowMs)) return 'far'
  return emitAtMs - nowMs >= NEAR_MS ? 'near' : 'now'
}

/** Whether a slot comes up so soon that whoever parks an event in it has to open it. */
export function mustOpen(slot: Slot, nowMs: number): boolean {
  return slotStartMs(slot) - nowMs < FAR_MS
}

/** Whether an event that is due too soon to be read in its turn can be left to a runner that was opened at `openedAtMs`. */
export function canJoin(emitAtMs: number, openedAtMs: number | undefined, nowMs: number): boolean {
  return openedAtMs !== undefined && nowMs - openedAtMs >= AT_WORK_AFTER_MS && emitAtMs - nowMs >= SOON_MS
}

/**
 * Whether an event needs the express lane, asked after the write was acknowledged. True of an event of the runner's
 * whose write was so slow that the runner may have missed it.
 */
export function needsExpress({ lane, emitAtMs }: { lane: Lane; emitAtMs: number }, nowMs: number): boolean {
  if (lane === 'now') return true
  return emitAtMs - nowMs < (lane === 'soon' ? STILL_SOON_MS : STILL_NEAR_MS)
}
