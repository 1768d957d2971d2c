import type { EventsTable } from '../../aws/events-table.ts'
import { type Clearing, hasLeft, isCleared } from '../../core/clearing.ts'
import type { Clock } from '../../core/clock.ts'
import { SchedulerError } from '../../core/errors.ts'
import { lastAsked, type ScheduledEvent } from '../../core/event.ts'
import { isAskedSince, isFinal, type Outcome } from '../../core/outcome.ts'
import { isEarlier, isLater, type Publication } from '../../core/publication.ts'
import { CLEARED_MS, CLOCK_SKEW_MS, LONGEST_WRITE_MS, SURE_MS, TIMEOUT_SECONDS } from '../../core/timetable.ts'
import { type DeliveriesTable, deliveryOf, isDeliveryUnreadable } from '../../status/deliveries.ts'
import { isUnderWay, type Standing } from '../../status/event-status.ts'

/**
 * A cancel that has stood for this long, ms, is proof: every emitter that had looked before it was written has ended, and
 * written down what it published. Counted from before the write.
 */
export const SEEN_BY_ALL_MS = LONGEST_WRITE_MS + CLEARED_MS + TIMEOUT_SECONDS.emitter * 1_000 + CLOCK_SKEW_MS

export interface DoubtDeps {
  table: DeliveriesTable
  clock: Clock
}

/**
 * Whether an event went out though it is cancelled. It did not if that was written in time. If the write was so slow that
 * its emitter may not have seen it, that must be proved: no checkpoint names the event, and none will, because its slot is
 * settled, or because every emitter that had not seen the cancel has ended. Until then nobody knows.
 * @throws SchedulerError `CANCEL_IN_DOUBT`, so that the request comes back
 */
export async function hasGoneOut(
  { table, clock }: DoubtDeps,
  event: ScheduledEvent,
  outcome: Outcome | undefined,
): Promise<boolean> {
  // Whoever delivers by express claims the event first, by a write that excludes a cancel.
  if (event.lane === 'express' || event.emitAtMs - clock.now() >= SURE_MS) return false
  const { settledAtMs } = await table.runnerRecord(event.slot)
  if (await deliveryOf(table, event)) return true
  const writtenMs = outcome?.atMs ?? Number.POSITIVE_INFINITY
  if (event.emitAtMs - writtenMs >= SURE_MS + LONGEST_WRITE_MS) return false
  const isOver = settledAtMs !== undefined || clock.now() - writtenMs >= SEEN_BY_ALL_MS
  if (isOver && !(await isDeliveryUnreadable(table, event))) return false
  throw new SchedulerError(
    'CANCEL_IN_DOUBT',
    `It took so long to write that event ${event.id} is cancelled that it may have been emitted. The request comes back when that is known.`,
  )
}

/**
 * Whoever reschedules an event must be done with it before anything is written over where it stood: whoever was cut off, or
 * finds another at the new date and goes back, comes to a place that is still its own.
 * @throws SchedulerError `CANCEL_IN_DOUBT` if that is not known yet, so that the request comes back
 */
export function mustHaveMoved({ id, date }: ScheduledEvent, outcome: Outcome | undefined): void {
  if (!outcome?.next || outcome.arrived) return
  const error = `Event ${id} for ${date} is being rescheduled, and is not at its new date yet. The request comes back.`
  throw new SchedulerError('CANCEL_IN_DOUBT', error)
}

/**
 * What goes on must have come to its next place before anything else is done there.
 * @throws SchedulerError `CANCEL_IN_DOUBT` if it has not yet, so that the request comes back
 */
export function mustHaveCome(standing: Standing, { id, date }: Pick<ScheduledEvent, 'id' | 'date'>): void {
  if (!isUnderWay(standing)) return
  const error = `Event ${id} for ${date} goes on, and is not in its next place yet. The request comes back.`
  throw new SchedulerError('CANCEL_IN_DOUBT', error)
}

/**
 * The publish that asked for an event after its cancel was published, or cancelled what was there before it: whoever meets
 * that cancel first gives it again.
 */
export function askedSinceCancel({ event, outcome, clearing }: WithClearing): Publication | undefined {
  const asked = event && lastAsked(event)
  if (outcome?.kind !== 'cancelled' || !asked || isCleared(asked, clearing)) return undefined
  const isOfReplacing = outcome.next === undefined && isReplacing(asked, outcome)
  return isLater(asked, outcome) || isOfReplacing ? asked : undefined
}

/** Where an event stands, and what was cancelled with all of its id. */
export type WithClearing = Standing & { clearing: Clearing | undefined }

/**
 * Whether an event is kept out because all of its id was cancelled that was published before. Not if that came too late for
 * what stood at its date, as its client is told: if another has stopped that, in time, what follows it comes.
 */
export function isKeptOut(
  { publication, dueAtMs }: Pick<ScheduledEvent, 'publication' | 'dueAtMs'>,
  clearing: Clearing | undefined,
): boolean {
  return isCleared(publication, clearing) && !hasLeft(clearing, dueAtMs)
}

/** Whether an event was asked for again while it failed or expired: its emitter, or its settler, is about to have it go on. */
export function isAboutToGoOn({ event, outcome }: Standing): boolean {
  return outcome !== undefined && isAskedSince(event, outcome)
}

/** Whether an event has ended where it stands, as far as its outcome tells, and does not go on. */
export function isOver(standing: Standing): boolean {
  return isFinal(standing.outcome) && !isAboutToGoOn(standing)
}

/** Whether what stood there was cancelled by the very publish that takes its place. */
export function isReplacing(publication: Publication | undefined, outcome: Outcome | undefined): boolean {
  return outcome?.kind === 'cancelled' && outcome.publication?.messageId === publication?.messageId
}

/**
 * Whether an event is about to be there again that was asked for before a request: it was not cancelled with all of its id,
 * nor too late, so that it went out.
 */
export async function isToComeBefore(
  { table }: AgainDeps,
  standing: Standing,
  { publication }: Pick<ScheduledEvent, 'publication'>,
): Promise<boolean> {
  const isBefore = (clearing?: Clearing) => isEarlier(askedSinceCancel({ ...standing, clearing }), { publication })
  if (!standing.event || !isBefore()) return false
  const { id } = standing.event
  if (!isBefore((await table.clearingsOf([id])).get(id))) return false
  return !(await deliveryOf(table, standing.event))
}

interface AgainDeps {
  table: DeliveriesTable & Pick<EventsTable, 'clearingsOf'>
}

/**
 * Such an event must be there again before it is changed.
 * @throws SchedulerError `CANCEL_IN_DOUBT` if it is not yet, so that the request comes back
 */
export async function mustBeThereAgain(
  deps: AgainDeps,
  standing: Standing,
  request: Pick<ScheduledEvent, 'publication'>,
): Promise<void> {
  if (standing.event && (await isToComeBefore(deps, standing, request))) throw notThereAgain(standing.event)
}

/** Says that such an event must be there again before another takes its place, or it is changed. */
export function notThereAgain({ id, date }: Pick<ScheduledEvent, 'id' | 'date'>): SchedulerError {
  const error = `Event ${id} for ${date} was asked for after its cancel, and is not there again yet. The request comes back.`
  return new SchedulerError('CANCEL_IN_DOUBT', error)
}
