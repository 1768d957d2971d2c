import type { EventRef } from './event.ts'
import { CLAIM_MS } from './timetable.ts'

/** Why an event will not be emitted by the runner of its slot. `claimed`: somebody else is emitting it now. */
export const OUTCOMES = ['claimed', 'failed', 'cancelled', 'expired', 'retrying'] as const
export type OutcomeKind = (typeof OUTCOMES)[number]

/** A fact about one event. Exceptions only: an ordinary delivery is recorded by checkpoints alone. */
export interface Outcome extends EventRef {
  kind: OutcomeKind
  /** When it was written, epoch ms. */
  atMs: number
  /** Who claimed it: the name of an execution. */
  by?: string | undefined
  /** Attempts made so far. */
  attempts?: number | undefined
  /** A sentence for people. */
  reason?: string | undefined
  /** Where a retrying event goes on. */
  next?: EventRef | undefined
}

/** Whether the event is done with in this slot, as far as its outcome tells. A claim is a promise, not an end. */
export function isFinal(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome.kind !== 'claimed'
}

/** Whether somebody else is still entitled to emit the event. */
export function isClaimed(outcome: Outcome | undefined, nowMs: number): outcome is Outcome {
  return outcome?.kind === 'claimed' && nowMs - outcome.atMs < CLAIM_MS
}
