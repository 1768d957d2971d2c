import { type Slot, slotStartMs } from './slot.ts'
import { AT_WORK_AFTER_MS, FAR_MS, NEAR_MS, SOON_MS, STILL_NEAR_MS, STILL_SOON_MS } from './timetable.ts'

/**
 * Who delivers an event. far and near: the runner of its slot, opened by the loader or by the validator. soon: that
 * runner too, at work already and told of the event by an announcement. now: the express lane; the runner only settles
 * it.
 */
export type Lane = 'far' | 'near' | 'soon' | 'now'

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
