import type { Slot } from './slot.ts'
import { CLOCK_SKEW_MS } from './timetable.ts'

/** A slot that stays unsettled is opened again this much later, ms; the distance doubles each time. */
const REOPEN_MS = 60_000

/** The longest such distance, ms. */
export const LONGEST_REOPEN_MS = 600_000

/** A slot that ended and is not settled: opened again, with growing distance, until it is. */
export interface UnsettledSlot {
  slot: Slot
  /** Since when it is known, epoch ms. */
  sinceMs: number
  /** How often it was opened again. */
  tries: number
  /** When it is to be looked at next, epoch ms. */
  againAtMs: number
}

/** A slot that was just found unsettled. Until it has been opened again it is due to be looked at. */
export function foundUnsettled(slot: Slot, nowMs: number): UnsettledSlot {
  return { slot, sinceMs: nowMs, tries: 0, againAtMs: nowMs }
}

/** Whether it is time to look at the slot. What lies further ahead than the longest distance was written by a wrong clock. */
export function isRipe({ againAtMs }: UnsettledSlot, nowMs: number): boolean {
  return againAtMs <= nowMs || againAtMs > nowMs + LONGEST_REOPEN_MS + CLOCK_SKEW_MS
}

/** The same slot, once it has been opened again. */
export function openedAgain(unsettled: UnsettledSlot, nowMs: number): UnsettledSlot {
  const delayMs = Math.min(REOPEN_MS * 2 ** unsettled.tries, LONGEST_REOPEN_MS)
  return { ...unsettled, tries: unsettled.tries + 1, againAtMs: nowMs + delayMs }
}
