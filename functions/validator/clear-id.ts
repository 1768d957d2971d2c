import type { EventsTable } from '../../aws/events-table.ts'
import { orderOf, orderOfCancel } from '../../core/clearing.ts'
import { emitAtMsOf } from '../../core/event.ts'
import type { IndexKind } from '../../core/index-kind.ts'
import { isFinal } from '../../core/outcome.ts'
import type { CancelRequest, ScheduleRequest } from '../../core/request.ts'
import type { Status } from '../../status/status.ts'
import { type CancelDeps, stop } from './cancel.ts'
import { type Dated, notIndexed, type Refusal, whyNonePending, whyNotAll } from './refusal.ts'
import { type Asking, type StateOfId, statesOfId, waitForOvertaken } from './states-of-id.ts'

export interface ClearIdDeps extends CancelDeps {
  table: CancelDeps['table'] & Pick<EventsTable, 'placesOfId' | 'clearingsOf' | 'clear' | 'saveCleared'>
  index: IndexKind
}

/** What came of one of an id's events: it was stopped, or could not be any more, or had ended before. */
type Cleared = Dated<'stopped' | 'too late' | Status>

/**
 * Cancels all that is pending under an id, and what arrives later if it was published before.
 * @returns which could not be cancelled, or that there was none; undefined if all were
 */
export function cancelAllWith(deps: ClearIdDeps) {
  return async (request: CancelRequest): Promise<Refusal | undefined> => {
    if (deps.index === 'none') return notIndexed('give the date of the event')
    const order = orderOfCancel(request.publication)
    let cleared = await clear(deps, request, order)
    if (!hasMet(cleared) && (await waitForOvertaken(deps, request))) cleared = await clear(deps, request, order)
    if (cleared === 'done before') return undefined
    if (hasMet(cleared)) return whyNotAll(request.id, lateAmong(cleared))
    return whyNonePending(request.id, cleared, '; if it arrives after all, it stays cancelled')
  }
}

/**
 * Cancels what else is pending under the id of an event that is to take its place.
 * @returns which could not be cancelled; the new one is scheduled all the same
 */
export function replaceWith(deps: ClearIdDeps) {
  return async (request: ScheduleRequest): Promise<Refusal | undefined> => {
    if (deps.index === 'none') return notIndexed('cancel the other event, and leave replace out')
    const cleared = await clear(deps, request, orderOf(request.publication))
    // That of its own date is no other: the schedule request itself is refused then.
    return whyNotAll(
      request.id,
      lateAmong(cleared).filter(({ dueAtMs }) => dueAtMs !== request.date.atMs),
    )
  }
}

/**
 * Notes that all of an id is cancelled that was published before, then cancels what is there. Whoever places an event at
 * this moment has either noted its place before, and is found, or finds the note.
 */
async function clear(deps: ClearIdDeps, asking: Asking, order: string): Promise<Cleared[] | 'done before'> {
  const { id, publication } = asking
  const before = (await deps.table.clearingsOf([id])).get(id)
  if (before && before.order >= order && before.doneMs >= publication.atMs) return 'done before'
  await deps.table.clear(id, order)
  const states = await statesOfId(deps, asking, before?.doneMs)
  const cleared = await Promise.all(
    states.map(async (state) => ({ dueAtMs: emitAtMsOf(state.ref.key), how: await stopOne(deps, asking, state) })),
  )
  // What could not be stopped may be tried again later, and be pending for the next who asks.
  if (hasMet(cleared) && lateAmong(cleared).length === 0) await deps.table.saveCleared(id, publication.atMs)
  return cleared
}

async function stopOne(
  deps: ClearIdDeps,
  { publication }: Asking,
  { standing, status }: StateOfId,
): Promise<Cleared['how']> {
  const { outcome } = standing
  // What is cancelled already is cancelled again, so that nothing that was published before this revives it.
  const isOver = isFinal(outcome) && (outcome?.kind !== 'cancelled' || outcome.next !== undefined)
  if (isOver || status === 'delivered') return status
  const refusal = await stop(deps, standing, { publication, reason: 'cancelled with all of its id' })
  // One that is noted and not there yet stays cancelled when it is.
  return refusal && refusal.code !== 'EVENT_NOT_FOUND' ? 'too late' : 'stopped'
}

function hasMet(cleared: readonly Cleared[] | 'done before'): boolean {
  return cleared === 'done before' || cleared.some(({ how }) => how === 'stopped' || how === 'too late')
}

function lateAmong(cleared: readonly Cleared[] | 'done before'): readonly Cleared[] {
  return cleared === 'done before' ? [] : cleared.filter(({ how }) => how === 'too late')
}
