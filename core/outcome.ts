import type { FailureCode } from './errors.ts'
import type { EventRef, ScheduledEvent } from './event.ts'
import { isLater, type Met, type Publication } from './publication.ts'
import { CLAIM_MS, CLOCK_SKEW_MS } from './timetable.ts'
import type { Untold } from './untold.ts'

/**
 * Why an event will not be emitted by the runner of its slot.
 *
 * `claimed`: an express delivery or the settler is emitting it; the only kind that is not final.
 *
 * `failed`: given up, for good or after every attempt. A failure topic was told, or nobody could be for a day.
 *
 * `cancelled`: by its client. If it was rescheduled, `next` is where it goes on.
 *
 * `expired`: its `latest` passed. A failure topic was told.
 *
 * `retrying`: it goes on at `next`: for its next attempt, without a try because there was no room for it, to have its failure
 * told, or because its client published it again after it failed or expired.
 *
 * `moved`: it goes on at `next`. It was past due on arrival, and what stands here, in the slot of its date, is the pointer
 * that its redelivery follows; or it had ended here and was asked for again: scheduled after a cancel, or rescheduled to
 * this date.
 */
export const OUTCOMES = ['claimed', 'failed', 'cancelled', 'expired', 'retrying', 'moved'] as const

/**
 * What an outcome is read as. `unreadable` is never written: it stands for an outcome that this version cannot read, such
 * as a newer one's. The event has ended, nobody here knows how: it is not emitted, and its slot is not settled.
 */
export type OutcomeKind = (typeof OUTCOMES)[number] | 'unreadable'

/** How an event has ended in its slot, as far as it is known. */
export type EndKind = Exclude<OutcomeKind, 'claimed' | 'unreadable'>

/** A fact about one event. Exceptions only: an ordinary delivery is recorded by checkpoints alone. */
export interface Outcome extends EventRef {
  kind: OutcomeKind
  /** When it was written, epoch ms; of an event that failed or expired when that was about to be told. */
  atMs: number
  /** Who claimed it: one invocation. */
  by?: string | undefined
  /** Attempts made so far; absent of one that moved when nothing stood there. */
  attempts?: number | undefined
  /** Why a try failed, as a code. */
  code?: FailureCode | undefined
  /** A sentence for people. */
  reason?: string | undefined
  /** The publish that asked for it, where one did: whoever cancels, reschedules, redrives or schedules again. */
  publication?: Publication | undefined
  /** Whether it goes on as it was, though a publish is named: that was to reschedule it, and could not. */
  asItWas?: true | undefined
  /** Where the event goes on: of one that is retrying, moved, or cancelled to be rescheduled. */
  next?: EventRef | undefined
  /** Whether the reschedule that cancelled it is done with: its event has come to `next`, or was stopped there, or goes on from there. */
  arrived?: true | undefined
  /** Whether the slot of an event that was cancelled was settled again since its message came back: it may have been written too late to be counted before. */
  counted?: true | undefined
  /** How an event has failed that is retrying only because nobody could be told. */
  untold?: Untold | undefined
}

/** What is known of some events: those that are there, and the outcomes of those that have one. */
export interface Known<Event = ScheduledEvent> {
  events: Event[]
  outcomes: Outcome[]
  /** Events that are there and that this version cannot read. */
  unreadable: EventRef[]
}

/** Whether the event is done with in this slot, as far as its outcome tells. A claim is a promise, not an end. */
export function isFinal(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome.kind !== 'claimed'
}

/** Whether somebody went on from a place at which nothing stood: what stands there now was written after that, and is not what goes on. */
export function hasMovedOnAlone(outcome: Outcome | undefined): boolean {
  return outcome?.kind === 'moved' && outcome.attempts === undefined
}

/** Whether it is known how the event has ended in this slot. */
export function hasEnded(outcome: Outcome | undefined): outcome is Outcome & { kind: EndKind } {
  return isFinal(outcome) && outcome?.kind !== 'unreadable'
}

/**
 * From when on an event that has ended may be asked for again. When it failed or expired the clock of its emitter says,
 * which may be ahead of the topic's: whoever publishes again once told is never taken for somebody who did before.
 */
export function endOf(outcome: Outcome | undefined): Met {
  return outcome && isUndelivered(outcome) ? { atMs: outcome.atMs - CLOCK_SKEW_MS } : (outcome ?? {})
}

/** Whether an event has failed or expired, and is to be asked for again by its client, if at all. */
export function isUndelivered({ kind }: Outcome): boolean {
  return kind === 'failed' || kind === 'expired'
}

/** Whether an event that has failed or expired was asked for again since, as far as is noted with it where it stands. */
export function isAskedSince(event: Pick<ScheduledEvent, 'askedAgain'> | undefined, outcome: Outcome): boolean {
  return isUndelivered(outcome) && event?.askedAgain !== undefined && isLater(event.askedAgain, endOf(outcome))
}

/** Whether somebody else is still entitled to emit the event. */
export function isClaimed(outcome: Outcome | undefined, nowMs: number): outcome is Outcome {
  return outcome?.kind === 'claimed' && nowMs - outcome.atMs < CLAIM_MS
}
