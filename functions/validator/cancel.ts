import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import type { Clock } from '../../core/clock.ts'
import { SchedulerError } from '../../core/errors.ts'
import { asLastAsked, type EventRef, emitAtMsOf, eventKey, lastAsked, type ScheduledEvent } from '../../core/event.ts'
import { isFinal, type Outcome } from '../../core/outcome.ts'
import { placeInSlot } from '../../core/placement.ts'
import { isEarlier, isLater, type Met, type Publication } from '../../core/publication.ts'
import type { Refusal } from '../../core/refusal.ts'
import type { CancelRequest, RescheduleRequest } from '../../core/request.ts'
import type { Instant } from '../../core/request-schema.ts'
import { CANCEL_MARGIN_MS, NEAR_MS } from '../../core/timetable.ts'
import { type DeliveriesTable, deliveryOf } from '../../status/deliveries.ts'
import { follow, isRepetition, isUnderWay, type Standing } from '../../status/event-status.ts'
import type { SlotAt } from '../slot-at.ts'
import { hasGoneOut, isOver, mustBeThereAgain } from './doubt.ts'
import type { Schedule } from './schedule.ts'
import { wentOutAtMs } from './states-of-id.ts'
import { type Aside, waitForOvertaken } from './waiting.ts'

export interface CancelDeps {
  table: DeliveriesTable & Pick<EventsTable, 'lookUp' | 'concludeFirst' | 'concludeInstead' | 'clearingsOf'>
  clock: Clock
  slotAt: SlotAt
  schedule: Schedule
  log: Log
}

/** A request that says which of the events of its id is meant. */
export type OfDate<Request extends CancelRequest | RescheduleRequest> = Request & { date: Instant }

/**
 * Cancels an event. Takes effect even if the event arrives later, if it was published before.
 * @returns why it cannot be cancelled, or undefined
 */
export function cancelWith(deps: CancelDeps) {
  return async (request: OfDate<CancelRequest>, aside: Aside): Promise<Refusal | undefined> => {
    const change = { ...request, reason: 'cancelled by its client' }
    const standing = await find(deps, request)
    const refusal = await stop(deps, standing, change)
    if (isThere(standing) || (refusal && refusal !== NOT_FOUND)) return told(deps, request, refusal)
    if (!(await arrives(deps, standing, request, aside))) return notFoundYet(request)
    return told(deps, request, await stop(deps, await find(deps, request), change))
  }
}

function told(
  { log }: CancelDeps,
  { id, date }: OfDate<CancelRequest>,
  refusal: Refusal | undefined,
): Refusal | undefined {
  if (!refusal) log.debug('cancelled', { id, due: date.text })
  return refusal
}

function notFoundYet({ id, date }: OfDate<CancelRequest>): Refusal {
  const error = `No event ${id} is scheduled for ${date.text}. Check id and date; if it arrives after all, it stays cancelled.`
  return { code: 'EVENT_NOT_FOUND', error }
}

/** A cancel or a reschedule: who asks, and for what. */
export type Change = Pick<CancelRequest, 'publication'> & Pick<Outcome, 'reason' | 'next'>

/** An event as a request names it. */
export type Named = Pick<OfDate<CancelRequest>, 'id' | 'date'>

/** The first place of the event of a request: that of its date. */
export async function firstPlace({ slotAt }: Pick<CancelDeps, 'slotAt'>, { id, date }: Named): Promise<EventRef> {
  return { slot: await slotAt(date.atMs, id), key: eventKey(date.atMs, id, 1) }
}

/** Where the event of a request stands. */
export async function find(
  deps: Pick<CancelDeps, 'slotAt'> & { table: Pick<EventsTable, 'lookUp'> },
  named: Named,
): Promise<Standing> {
  return follow(deps.table, await firstPlace(deps, named))
}

/**
 * Stops an event, wherever it goes on meanwhile.
 * @returns why it cannot be stopped, or undefined
 */
export async function stop(deps: CancelDeps, standing: Standing, change: Change): Promise<Refusal | undefined> {
  const refusal = await tryToStop(deps, standing, change)
  return refusal === 'overtaken' ? stop(deps, await follow(deps.table, standing.ref), change) : refusal
}

/**
 * Writes the outcome `cancelled` where the event stands, unless it is too late or has ended. What was published before the
 * event that is there, was meant for one that is not any more. Whether it came in time is decided by when it was
 * published, and then by what the table says: so that it is answered alike however often it is handled, by whatever clock.
 * @returns why it cannot be stopped; `overtaken` if somebody else has written there since it was read, and nothing was done
 */
export async function tryToStop(
  deps: CancelDeps,
  standing: Standing,
  change: Change,
): Promise<Refusal | 'overtaken' | undefined> {
  const { ref, event, outcome } = standing
  if (outcome?.kind === 'cancelled') return cancelAgain(deps, standing, change)
  if (event && isEarlier(change.publication, event)) return undefined
  if (isEarlier(change.publication, whatComes(standing))) {
    // Who was to give it again may have been this very request, and cut off.
    await giveAgain(deps, standing.content, change)
    return undefined
  }
  if (!isFinal(outcome) && !change.next && isSince(standing.asked, change)) return whyNotAgain(deps, standing)
  const over = await whyOver(deps, standing, change)
  if (over) return over
  const { reason, next, publication } = change
  const cancelled = { ...ref, kind: 'cancelled', atMs: deps.clock.now(), reason, next, publication } as const
  const first = await deps.table.concludeFirst(cancelled)
  if (!first) return 'overtaken'
  // It may have arrived, and gone out, while this was written.
  const refusal = await holds(deps, standing, change)
  return refusal ?? (isThere(standing) ? undefined : NOT_FOUND)
}

/** The publish of which the event is that is on its way to where nothing stands yet; one that stays, or is tried again, is as it was. */
function whatComes(standing: Standing): Met {
  const { pointer } = standing
  return isUnderWay(standing) && !pointer?.asItWas ? { publication: pointer?.publication } : {}
}

/** Who asks for an event again gets it, whatever a cancel from before says; not if it had gone out by then: that came too late. */
async function whyNotAgain({ table }: CancelDeps, standing: Standing): Promise<Refusal | undefined> {
  const wentOutMs = await wentOutAtMs(table, standing)
  return wentOutMs > 0 && isLater(standing.asked, { atMs: wentOutMs }) ? tooLate(0) : undefined
}

/** Why nothing can be changed any more: the event has ended, or it is too late. Writes nothing. */
async function whyOver(
  { table }: Pick<CancelDeps, 'table'>,
  standing: Standing,
  { publication }: Pick<Change, 'publication'>,
): Promise<Refusal | undefined> {
  const { ref, event, outcome } = standing
  if (isOver(standing)) return ended(outcome)
  // What is decided on, and not parked yet, goes out only after somebody has looked for outcomes.
  if (!event && !outcome) return undefined
  const emitAtMs = emitAtMsOf(ref.key)
  if (isTooLate(emitAtMs, publication)) return tooLate(emitAtMs - publication.atMs)
  if (outcome) return TAKEN_UP
  return (await deliveryOf(table, ref)) ? tooLate(0) : undefined
}

/** Whether a change of what is emitted at an instant, epoch ms, was published too late to be made. */
export function isTooLate(emitAtMs: number, publication: Publication): boolean {
  return emitAtMs - publication.atMs < CANCEL_MARGIN_MS
}

/** What is cancelled stays so. The later of two cancels counts: nothing that was published before it is scheduled again. */
async function cancelAgain(deps: CancelDeps, standing: Standing, change: Change): ReturnType<typeof tryToStop> {
  const { ref, outcome } = standing
  const repeated = isRepetition(standing, change.publication) && outcome?.next?.key === change.next?.key
  if (!repeated && (outcome?.next || change.next)) {
    await mustBeThereAgain(deps, standing, change)
    return ended(outcome)
  }
  if (!repeated && outcome && isLater(change.publication, outcome)) {
    const { reason, publication } = change
    // Another instant, so that whoever has read the former does not write over this one.
    const again = { ...ref, kind: 'cancelled', atMs: outcome.atMs + 1, reason, publication } as const
    if (!(await deps.table.concludeInstead(again, outcome))) return 'overtaken'
  }
  return holds(deps, standing, change)
}

function isThere({ event, pointer }: Standing): boolean {
  return event !== undefined || pointer !== undefined
}

const NOT_FOUND: Refusal = { code: 'EVENT_NOT_FOUND', error: 'No such event is scheduled. Check id and date.' }

export function ended(outcome: Outcome | undefined): Refusal {
  const error = `The event is already ${outcome?.kind}: ${outcome?.reason ?? 'no reason given'}.`
  return { code: 'EVENT_ENDED', error }
}

/** It is claimed, by an express delivery or the settler. */
const TAKEN_UP: Refusal = {
  code: 'TOO_LATE',
  error: `The event is being delivered: one that is scheduled less than ${NEAR_MS} ms ahead, or is late, is taken up at once.`,
}

function tooLate(aheadMs: number): Refusal {
  const when = aheadMs > 0 ? `is emitted ${aheadMs} ms after this was published` : 'has been emitted'
  return { code: 'TOO_LATE', error: `The event ${when}. Changes are taken until ${CANCEL_MARGIN_MS} ms before.` }
}

/**
 * A change that is written holds, if it was in time. Who asked for the same event again after a cancel was published, and
 * before it was written, gets it, also where that was about to come here, and cut off; after a reschedule once that has come
 * to its end.
 */
async function holds(deps: CancelDeps, { ref, content }: Standing, change: Change): Promise<Refusal | undefined> {
  const { events, outcomes } = await deps.table.lookUp([ref])
  const refusal = await whyTooSlow(deps, events[0], outcomes[0])
  if (!refusal && !change.next) await giveAgain(deps, events[0] ?? content, change)
  return refusal
}

/**
 * Schedules an event again that was asked for again after a change was published, and before it was written.
 * @returns whether it was
 */
export async function giveAgain(deps: CancelDeps, event: ScheduledEvent | undefined, change: Change): Promise<boolean> {
  if (!event || !isSince(lastAsked(event), change)) return false
  await scheduleAgain(deps, event)
  return true
}

function isSince(asked: Publication | undefined, { publication }: Change): boolean {
  return asked !== undefined && isEarlier(publication, { publication: asked })
}

async function scheduleAgain({ schedule, slotAt, clock }: CancelDeps, event: ScheduledEvent): Promise<void> {
  const slot = await slotAt(event.dueAtMs, event.id)
  const [fault] = await schedule([placeInSlot(asLastAsked(event), { slot, nowMs: clock.now() })])
  if (fault instanceof SchedulerError) throw fault
}

async function whyTooSlow(
  deps: CancelDeps,
  event: ScheduledEvent | undefined,
  outcome: Outcome | undefined,
): Promise<Refusal | undefined> {
  if (!event || !(await hasGoneOut(deps, event, outcome))) return undefined
  return { code: 'TOO_LATE', error: 'The event has been emitted: it took too long to write that it is cancelled.' }
}

/** Waits for an event that the request may have overtaken. @returns whether it is there */
export async function arrives(
  { table, clock }: Pick<CancelDeps, 'table' | 'clock'>,
  { ref }: Standing,
  change: Pick<Change, 'publication'>,
  aside: Aside,
): Promise<boolean> {
  await waitForOvertaken({ clock }, change, aside)
  return (await table.lookUp([ref])).events.length > 0
}
