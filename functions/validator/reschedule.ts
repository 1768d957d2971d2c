import type { EventsTable } from '../../aws/events-table.ts'
import { SchedulerError } from '../../core/errors.ts'
import { type EventRef, isSamePlace, type ScheduledEvent, turnOf } from '../../core/event.ts'
import { whyTooLarge } from '../../core/event-size.ts'
import { placeInSlot } from '../../core/placement.ts'
import { isEarlier, isOf } from '../../core/publication.ts'
import type { Refusal } from '../../core/refusal.ts'
import type { RescheduleRequest } from '../../core/request.ts'
import { MIN_LATEST_MS } from '../../core/timetable.ts'
import { follow, isRepetition, type Standing, statusOf } from '../../status/event-status.ts'
import { arrives, type CancelDeps, ended, find, firstPlace, giveAgain, type OfDate, tryToStop } from './cancel.ts'
import { isAboutToGoOn, mustBeThereAgain, mustHaveCome } from './doubt.ts'
import { comesAfter, nextTurn } from './next-turn.ts'
import { whyTaken } from './refusal.ts'
import { goOnStaying, isStaying, stay } from './staying.ts'
import type { Aside } from './waiting.ts'

export interface RescheduleDeps extends CancelDeps {
  table: CancelDeps['table'] & Pick<EventsTable, 'concludeInstead'>
}

/**
 * Moves an event to another date: cancels the old one, pointing to the new one, then schedules that. A redelivered
 * request finds the pointer and goes on from there.
 * @returns why it cannot be rescheduled, or undefined
 */
export function rescheduleWith(deps: RescheduleDeps) {
  const reschedule = async (request: OfDate<RescheduleRequest>, aside: Aside): Promise<Refusal | undefined> => {
    const old = await findSoon(deps, request, aside)
    const { id, date, newDate } = request
    const notFound: Refusal = {
      code: 'EVENT_NOT_FOUND',
      error: `No event ${id} is scheduled for ${date.text}. Check id and date.`,
    }
    if (isStaying(old, request)) return goOnStaying(deps, old, request)
    if (!old.event || isEarlier(request.publication, old.event)) {
      // It has been moved by this very request, or has ended, or never was.
      if (await hasMoved(deps, request)) return undefined
      if (!old.event) return whyNone(old, request) ?? notFound
      return (await wasThere(deps, request)) ? whyAnother(request) : notFound
    }
    const moved = await movedBy(deps, old.event, request)
    const wrong = whyNotMoved(moved, request)
    if (wrong) return wrong
    await mustBeThereAgain(deps, old, request)
    const repeated = isRepetition(old, request.publication) && old.outcome?.next
    if (repeated && old.outcome?.arrived) {
      await giveAgain(deps, old.event, request)
      return undefined
    }
    const place = repeated || (await freePlace(deps, moved, await follow(deps.table, moved)))
    if ('code' in place) return place
    const reason = `rescheduled to ${newDate.text}`
    const refusal = await tryToStop(deps, old, { ...request, reason, next: place })
    // Another may stand there now.
    if (refusal === 'overtaken') return reschedule(request, aside)
    if (refusal) return refusal
    const another = await comeTo(deps, moved, place)
    // Another has come to the new date meanwhile.
    if (another) {
      await stay(deps, { ...old, event: old.event }, request)
      return another
    }
    await giveAgain(deps, await noteArrival(deps, old, request), request)
    return undefined
  }
  return reschedule
}

/**
 * Writes down that a request is done with: whoever comes to the old date later waits for that, and its repetition does nothing,
 * whatever has come to the new date since.
 * @returns the event as it stands at its old date, as it was asked for last
 */
async function noteArrival({ table }: RescheduleDeps, { ref }: Standing, { publication }: RescheduleRequest) {
  const {
    events: [event],
    outcomes: [stopped],
  } = await table.lookUp([ref])
  if (stopped && isOf(publication, stopped)) await table.concludeInstead({ ...stopped, arrived: true }, stopped)
  return event
}

/**
 * Where the event of a request stands, once what was asked for after it has come there: whoever was to give that again may
 * have been this very request, and cut off.
 */
async function findGiven(deps: RescheduleDeps, request: OfDate<RescheduleRequest>): Promise<Standing> {
  const standing = await find(deps, request)
  const { event, content } = standing
  return !event && (await giveAgain(deps, content, request)) ? find(deps, request) : standing
}

/** Where the event stands, waiting a little for one that the request overtook. */
async function findSoon(deps: RescheduleDeps, request: OfDate<RescheduleRequest>, aside: Aside) {
  const standing = await findGiven(deps, request)
  if (standing.event || standing.outcome || !(await arrives(deps, standing, request, aside))) return standing
  return find(deps, request)
}

/**
 * Why nothing is there to be moved, though something has been.
 * @throws SchedulerError `CANCEL_IN_DOUBT` if that goes on, and has not come to its next place yet
 */
function whyNone(old: Standing, { id, date }: OfDate<RescheduleRequest>): Refusal | undefined {
  mustHaveCome(old, { id, date: date.text })
  return old.content && old.outcome && ended(old.outcome)
}

/** Whether a request has had its part in what stands at its new date. */
export async function hasMoved(
  deps: Parameters<typeof find>[0],
  { id, newDate, publication }: RescheduleRequest,
): Promise<boolean> {
  return isRepetition(await find(deps, { id, date: newDate }), publication)
}

/** Whether an event had been scheduled for the date when a request was published. */
async function wasThere(deps: RescheduleDeps, request: OfDate<RescheduleRequest>) {
  const { events, outcomes } = await deps.table.lookUp([await firstPlace(deps, request)])
  const first = events[0] ?? outcomes[0]
  return first !== undefined && !isEarlier(request.publication, first)
}

function whyAnother({ id, date }: OfDate<RescheduleRequest>): Refusal {
  return {
    code: 'EVENT_ENDED',
    error: `The event ${id} for ${date.text} has ended: the one that is scheduled there now was published after this.`,
  }
}

/** The event as it is at its new date. */
async function movedBy(
  { slotAt, clock }: RescheduleDeps,
  old: ScheduledEvent,
  { newDate, payload, target, publication }: RescheduleRequest,
): Promise<ScheduledEvent> {
  const nowMs = clock.now()
  const changes = { payload: payload ?? old.payload, target: target ?? old.target, publication, askedAgain: undefined }
  const when = { date: newDate.text, dueAtMs: newDate.atMs, acceptedAtMs: nowMs }
  return placeInSlot({ ...old, ...changes, ...when }, { slot: await slotAt(newDate.atMs, old.id), nowMs })
}

function whyNotMoved(moved: ScheduledEvent, { newDate }: RescheduleRequest): Refusal | undefined {
  if (moved.latestAtMs !== undefined && moved.latestAtMs - newDate.atMs < MIN_LATEST_MS)
    return {
      code: 'LATEST_INVALID',
      error: `The event must be delivered by ${moved.latest}, less than ${MIN_LATEST_MS} ms after new_date ${newDate.text}. Cancel it and schedule another.`,
    }
  return whyTooLarge(moved)
}

/**
 * Where the event can stand at its new date: at its first place there or, where one of its id has been and ended, at the
 * next turn.
 * @param standing what stands there
 */
async function freePlace(deps: RescheduleDeps, moved: ScheduledEvent, standing: Standing): Promise<EventRef | Refusal> {
  const { ref, outcome, event } = standing
  if (isRepetition(standing, moved.publication)) return ref
  mustHaveCome(standing, moved)
  const status = await statusOf(deps.table, standing, deps.clock.now())
  if (status === 'pending') return whyTaken(moved)
  if (status === 'delivered')
    return {
      code: 'EVENT_ENDED',
      error: `An event ${moved.id} for ${moved.date} has been delivered. Give another new_date.`,
    }
  // Who schedules it there sees to what was cancelled: a cancel that was published later is meant for this one, too.
  if (!outcome || outcome.kind === 'cancelled') return ref
  // As whoever schedules it there: what was published before that ended would have been refused then.
  if (!comesAfter(moved, standing) || isAboutToGoOn(standing)) return whyTaken(moved)
  return event ? nextTurn(deps, moved, standing) : ref
}

/**
 * Has the event come to its place at the new date, once it is stopped at the old. Only now what has ended there points to
 * it: an event that stays away changes nothing there.
 * @returns why it cannot come, or undefined if it has, or was cancelled there before it came, or goes on from there
 */
async function comeTo(deps: RescheduleDeps, moved: ScheduledEvent, place: EventRef): Promise<Refusal | undefined> {
  const standing = await follow(deps.table, moved)
  const { ref, outcome, event } = standing
  if (!isSamePlace(ref, place) && !isRepetition(standing, moved.publication)) {
    const free = await freePlace(deps, moved, standing)
    if ('code' in free) return free
    if (outcome?.kind === 'cancelled') return comeTo(deps, moved, ref)
    if (!outcome || turnOf(place.key) !== turnOf(ref.key) + 1) return whyTaken(moved)
    const reason = `scheduled again after it was ${outcome.kind}`
    const asked = { reason, publication: moved.publication, attempts: event?.attempt }
    const pointer = { ...ref, ...asked, kind: 'moved', atMs: deps.clock.now(), next: place } as const
    if (!(await deps.table.concludeInstead(pointer, outcome))) return comeTo(deps, moved, place)
  }
  const [taken] = await deps.schedule([{ ...moved, slot: place.slot, key: place.key }])
  if (taken instanceof SchedulerError) throw taken
  if (taken) return taken
  // What stood at its place may have gone on before it came, and it goes on from there.
  const there = await follow(deps.table, moved)
  if (isRepetition(there, moved.publication) || there.outcome?.kind === 'cancelled') return undefined
  // The same may be scheduled there by another: that is another event, as everywhere.
  return whyTaken(moved)
}
