import type { EventsTable } from '../../aws/events-table.ts'
import { type Clearing, orderOf, orderOfCancel } from '../../core/clearing.ts'
import { SchedulerError } from '../../core/errors.ts'
import { emitAtMsOf } from '../../core/event.ts'
import type { IndexKind } from '../../core/index-kind.ts'
import { toEvent } from '../../core/placement.ts'
import type { Refusal } from '../../core/refusal.ts'
import type { CancelRequest, ScheduleRequest } from '../../core/request.ts'
import { follow, type Standing } from '../../status/event-status.ts'
import type { Status } from '../../status/status.ts'
import { type CancelDeps, isTooLate, stop } from './cancel.ts'
import { hasGoneOut, isOver } from './doubt.ts'
import type { Asking } from './leasing.ts'
import { type Dated, notIndexed, whyNonePending, whyNotAll } from './refusal.ts'
import { type StateOfId, statesOfId, wentOutAtMs } from './states-of-id.ts'
import { type Aside, waitForOvertaken } from './waiting.ts'

export interface ClearIdDeps extends CancelDeps {
  table: CancelDeps['table'] & Pick<EventsTable, 'placesOfId' | 'clearingsOf' | 'clear' | 'saveCleared' | 'saveLeft'>
  index: IndexKind
}

/** What came of one of an id's events: it was stopped, or could not be any more, or had ended before, or nobody knows yet. */
type Cleared = Dated<'stopped' | 'too late' | 'in doubt' | Status> & {
  /** Of what is in doubt. */
  doubt?: SchedulerError
  /** Of what was delivered: when, epoch ms. */
  wentOutMs?: number | undefined
}

/**
 * Cancels all that is pending under an id, and what arrives later if it was published before.
 * @returns which could not be cancelled, or that there was none; undefined if all were
 * @throws SchedulerError `CANCEL_IN_DOUBT`, so that the request comes back
 */
export function cancelAllWith(deps: ClearIdDeps) {
  return async (request: CancelRequest, aside: Aside): Promise<Refusal | undefined> => {
    if (deps.index === 'none') return notIndexed('give the date of the event')
    const order = orderOfCancel(request.publication)
    let cleared = await clear(deps, request, order)
    if (!hasMet(cleared) && (await waitForOvertaken(deps, request, aside))) cleared = await clear(deps, request, order)
    if (cleared === 'done before') return undefined
    const doubt = doubtAmong(cleared)
    if (doubt) throw doubt
    if (hasMet(cleared)) return whyNotAll(request.id, lateAmong(cleared))
    return whyNonePending(request.id, cleared, '; if it arrives after all, it stays cancelled')
  }
}

/**
 * Cancels what else is pending under the id of an event that is to take its place, and schedules that, whichever of the
 * others could not be cancelled.
 * @returns which of the others could not be cancelled, and why the event itself is not scheduled
 * @throws SchedulerError `CANCEL_IN_DOUBT` if nobody knows yet: of one at its own date before it is scheduled, because of
 * these two only one may go out; of another afterwards
 */
export function replaceWith(deps: ClearIdDeps) {
  return async (request: ScheduleRequest): Promise<Refusal[]> => {
    if (deps.index === 'none') return [notIndexed('cancel the other event, and leave replace out')]
    const { refusal, doubt } = await clearOthers(deps, request)
    const slot = await deps.slotAt(request.date.atMs, request.id)
    const [answer] = await deps.schedule([toEvent(request, { slot, nowMs: deps.clock.now() })])
    if (doubt) throw doubt
    if (answer instanceof SchedulerError) throw answer
    return [refusal, answer].filter((one) => one !== undefined)
  }
}

/** Cancels what else is pending under the id. @returns which could not be cancelled, or that some are in doubt */
async function clearOthers(deps: ClearIdDeps, request: ScheduleRequest) {
  const cleared = await clear(deps, request, orderOf(request.publication))
  if (cleared === 'done before') return {}
  const doubt = doubtAmong(cleared)
  // That of its own date is no other: the schedule request itself is refused then.
  const late = lateAmong(cleared).filter(({ dueAtMs }) => dueAtMs !== request.date.atMs)
  return doubt ? { doubt } : { refusal: whyNotAll(request.id, late) }
}

/**
 * Notes that all of an id is cancelled that was published before, then cancels what is there. Whoever places an event at
 * this moment has either noted its place before, and is found, or finds the note.
 * What a later request has done, need not be done again, but by one before which an event went out that it was to stop:
 * its client is told so.
 * @returns `done before` if all that was published before had been cancelled, and nothing has come since
 */
async function clear(deps: ClearIdDeps, asking: Clearer, order: string): Promise<Cleared[] | 'done before'> {
  const { id, publication } = asking
  const before = (await deps.table.clearingsOf([id])).get(id)
  const wasDone = before !== undefined && before.order >= order && before.doneMs >= publication.atMs
  if (wasDone && before.wentOutMs < publication.atMs) return 'done before'
  await deps.table.clear(id, order)
  const found = await statesOfId(deps, asking, wasDone ? 0 : before?.doneMs)
  const states = found.filter((one) => !isToComeFor(asking, one))
  const left = leftBefore(before, asking, order)
  if (states.length + left.length === 0 && before && before.doneMs > 0) return 'done before'
  const stopped = await Promise.all(
    states.filter(({ ref }) => !left.includes(emitAtMsOf(ref.key))).map((state) => stopOne(deps, asking, state)),
  )
  const cleared = [...left.map(leftAt), ...stopped]
  if (wasDone) return hasMissed(cleared) ? cleared : 'done before'
  const late = lateAmong(cleared).map(({ dueAtMs }) => dueAtMs)
  if (late.length > left.length) await deps.table.saveLeft(id, { order, dueAtMs: late })
  // What could not be stopped may be tried again later, and be pending for the next who asks.
  if (hasMet(cleared) && !hasMissed(cleared)) {
    const wentOutMs = Math.max(before?.wentOutMs ?? 0, ...cleared.map((one) => one.wentOutMs ?? 0))
    await deps.table.saveCleared(id, { doneMs: publication.atMs, wentOutMs })
  }
  return cleared
}

/** Who cancels all of an id: by a cancel, or for an event of this date. */
type Clearer = Asking & Pick<CancelRequest, 'date'>

/** Whether a place waits for the event of the very request: another who handles it has noted that, and is about to park it. */
function isToComeFor({ publication, date }: Clearer, { ref, publishedAtMs, standing }: StateOfId): boolean {
  const isEmpty = standing.event === undefined && standing.outcome === undefined
  return isEmpty && emitAtMsOf(ref.key) === date?.atMs && publishedAtMs === publication.atMs
}

/**
 * The dates of what a request is known to have come too late for, epoch ms: that was noted when it came before, or by a later
 * request that met the same. It is told however often it comes, for others from before it have been let through since.
 */
function leftBefore(before: Clearing | undefined, { publication }: Clearer, order: string): readonly number[] {
  const left = before?.left
  if (!left || left.order < order) return []
  return left.order === order ? left.dueAtMs : left.dueAtMs.filter((dueAtMs) => isTooLate(dueAtMs, publication))
}

/** What stood at such a date. */
function leftAt(dueAtMs: number): Cleared {
  return { dueAtMs, how: 'too late' }
}

async function stopOne(deps: ClearIdDeps, asking: Asking, { ref, standing, status }: StateOfId): Promise<Cleared> {
  const { publication } = asking
  const { outcome } = standing
  const cleared = (how: Cleared['how']): Cleared => ({ dueAtMs: emitAtMsOf(ref.key), how })
  if (status === 'delivered') {
    const wentOutMs = await wentOutAtMs(deps.table, standing)
    return { ...cleared(wentOutMs >= publication.atMs ? 'too late' : status), wentOutMs }
  }
  try {
    // What is cancelled already is cancelled again, so that nothing that was published before this revives it.
    if (isOver(standing) && (outcome?.kind !== 'cancelled' || outcome.next !== undefined))
      return cleared((await hasGoneOutMoved(deps, standing)) ? 'too late' : status)
    const refusal = await stop(deps, standing, { publication, reason: 'cancelled with all of its id' })
    // Somebody has moved it meanwhile: where it is now, it stays cancelled if that was published before.
    if (refusal?.code === 'EVENT_ENDED')
      return cleared((await hasGoneOutMoved(deps, await follow(deps.table, ref))) ? 'too late' : 'cancelled')
    // One that is noted and not there yet stays cancelled when it is.
    return cleared(refusal && refusal.code !== 'EVENT_NOT_FOUND' ? 'too late' : 'stopped')
  } catch (fault) {
    if (!(fault instanceof SchedulerError && fault.code === 'CANCEL_IN_DOUBT')) throw fault
    return { ...cleared('in doubt'), doubt: fault }
  }
}

/** Whether what somebody has moved went out all the same, where it stood before. */
async function hasGoneOutMoved(deps: ClearIdDeps, { event, outcome }: Standing): Promise<boolean> {
  return event !== undefined && outcome?.kind === 'cancelled' && hasGoneOut(deps, event, outcome)
}

function hasMet(cleared: readonly Cleared[] | 'done before'): boolean {
  return cleared === 'done before' || cleared.some(({ how }) => MET.includes(how))
}

const MET: readonly Cleared['how'][] = ['stopped', 'too late', 'in doubt']

/** Whether something goes out all the same, or may. */
function hasMissed(cleared: readonly Cleared[]): boolean {
  return lateAmong(cleared).length > 0 || doubtAmong(cleared) !== undefined
}

function lateAmong(cleared: readonly Cleared[]): readonly Cleared[] {
  return cleared.filter(({ how }) => how === 'too late')
}

function doubtAmong(cleared: readonly Cleared[]): SchedulerError | undefined {
  return cleared.find(({ doubt }) => doubt)?.doubt
}
