import { type Slot, slotStartMs } from './slot.ts'

/**
 * Who delivers an event. far and near: the runner of its slot, opened by the loader or by the validator. now: the
 * express lane; the runner only settles it.
 */
export type Lane = 'far' | 'near' | 'now'

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

/**
 * Whether an event needs the express lane, asked after the write was acknowledged. True of a far or near event whose
 * write was so slow that its runner may have read past it.
 */
export function needsExpress(event: { lane: Lane; emitAtMs: number }, nowMs: number): boolean {
  return event.lane === 'now' || event.emitAtMs - nowMs < STILL_NEAR_MS
}
