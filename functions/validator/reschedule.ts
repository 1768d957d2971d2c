import type { EventsTable } from '../../aws/events-table.ts'
import { SchedulerError } from '../../core/errors.ts'
import { type EventRef, eventKey, type ScheduledEvent } from '../../core/event.ts'
import { whyTooLarge } from '../../core/event-size.ts'
import { placeInSlot } from '../../core/placement.ts'
import { isEarlier, isLater } from '../../core/publication.ts'
import type { RescheduleRequest } from '../../core/request.ts'
import { MIN_LATEST_MS } from '../../core/timetable.ts'
import { follow, isRepetition, statusOf } from '../../status/event-status.ts'
import { arrives, type CancelDeps, find, type OfDate, stop } from './cancel.ts'
import { nextTurn } from './place-known.ts'
import { type Refusal, whyTaken } from './refusal.ts'

export interface RescheduleDeps extends CancelDeps {
  table: CancelDeps['table'] & Pick<EventsTable, 'concludeInstead'>
}

/**
 * Moves an event to another date: cancels the old one, pointing to the new one, then schedules that. A redelivered
 * request finds the pointer and goes on from there.
 * @returns why it cannot be rescheduled, or undefined
 */
export function rescheduleWith(deps: RescheduleDeps) {
  return async (request: OfDate<RescheduleRequest>): Promise<Refusal | undefined> => {
    const old = await findSoon(deps, request)
    const { id, date, newDate } = request
    if (!old.event)
      return { code: 'EVENT_NOT_FOUND', error: `No event ${id} is scheduled for ${date.text}. Check id and date.` }
    if (isEarlier(request.publication, old.event)) return undefined
    const moved = await movedBy(deps, old.event, request)
    const wrong = whyNotMoved(moved, request)
    if (wrong) return wrong
    const repeated = isRepetition(old, request.publication) && old.outcome?.next
    const place = repeated || (await freePlace(deps, moved))
    if ('code' in place) return place
    const reason = `rescheduled to ${newDate.text}`
    const refusal = await stop(deps, old, { ...request, reason, next: place })
    if (refusal) return refusal
    const [taken] = await deps.schedule([{ ...moved, slot: place.slot, key: place.key }])
    if (taken instanceof SchedulerError) throw taken
    return taken
  }
}

/** Where the event stands, waiting a little for one that the request overtook. */
async function findSoon(deps: RescheduleDeps, request: OfDate<RescheduleRequest>) {
  const standing = await find(deps, request)
  if (standing.event || standing.outcome || !(await arrives(deps, standing, request))) return standing
  return find(deps, request)
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
 * Where the event can stand at its new date: at its first place there, or, where one of its id has been and ended, at the
 * next turn, to which the one that ended points.
 */
async function freePlace(deps: RescheduleDeps, moved: ScheduledEvent): Promise<EventRef | Refusal> {
  const { table, clock } = deps
  const standing = await follow(table, { slot: moved.slot, key: eventKey(moved.dueAtMs, moved.id, 1) })
  const { ref, outcome, event } = standing
  if (isRepetition(standing, moved.publication)) return ref
  const status = await statusOf(table, standing)
  if (status === 'pending') return whyTaken(moved)
  if (status === 'delivered')
    return {
      code: 'EVENT_ENDED',
      error: `An event ${moved.id} for ${moved.date} has been delivered. Give another new_date.`,
    }
  // A cancel that was published later, and has overtaken this request, is meant for the event that arrives here.
  if (!outcome || (!event && !isLater(moved.publication, outcome))) return ref
  const next = await nextTurn(deps, moved, standing)
  const reason = `rescheduled to this date again, after it was ${outcome.kind}`
  const { publication } = moved
  const ours = await table.concludeInstead(
    { ...ref, kind: 'moved', atMs: clock.now(), reason, publication, next },
    outcome,
  )
  return ours ? next : freePlace(deps, moved)
}
