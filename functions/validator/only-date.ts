import type { EventsTable } from '../../aws/events-table.ts'
import { orderOf } from '../../core/clearing.ts'
import { emitAtMsOf } from '../../core/event.ts'
import type { IndexKind } from '../../core/index-kind.ts'
import { isEarlier } from '../../core/publication.ts'
import type { Refusal } from '../../core/refusal.ts'
import type { RescheduleRequest } from '../../core/request.ts'
import type { Instant } from '../../core/request-schema.ts'
import { isRepetition, isUnderWay } from '../../status/event-status.ts'
import { CHANGEABLE } from '../../status/status.ts'
import { isToComeBefore } from './doubt.ts'
import { notIndexed, whyAmbiguous, whyNonePending } from './refusal.ts'
import { hasMoved, type RescheduleDeps } from './reschedule.ts'
import { type StateOfId, type StatesOfIdDeps, statesOfId, wentOutAtMs } from './states-of-id.ts'
import { type Aside, waitForOvertaken } from './waiting.ts'

export interface OnlyDateDeps extends StatesOfIdDeps, Pick<RescheduleDeps, 'slotAt'> {
  table: StatesOfIdDeps['table'] & Pick<EventsTable, 'clearingsOf'>
  index: IndexKind
}

/**
 * The date of the event that a reschedule means by its id alone: the only one that is pending under it.
 * @returns why there is none; undefined if there is nothing to do, because this very request has moved it, or a later publish
 * has cancelled all of the id, and nothing has gone out that this one was to move
 */
export function onlyDateWith(deps: OnlyDateDeps) {
  return async (request: RescheduleRequest, aside: Aside): Promise<Instant | Refusal | undefined> => {
    if (deps.index === 'none') return notIndexed('give the date of the event')
    let states = await statesOfId(deps, request)
    let meant = await meantBy(deps, request, states)
    if (meant.length === 0 && (await waitForOvertaken(deps, request, aside))) {
      states = await statesOfId(deps, request)
      meant = await meantBy(deps, request, states)
    }
    // By this very request, which may have been cut off before it has given again what was asked for after it.
    if (!beingMoved(request, states) && (await hasMoved(deps, request)))
      return dateOf(states.find(({ standing }) => isUnderWay(standing)))
    if (meant.length === 1) return dateOf(meant[0])
    if (meant.length > 1)
      return whyAmbiguous(
        request.id,
        meant.map(({ ref }) => emitAtMsOf(ref.key)),
      )
    const clearing = (await deps.table.clearingsOf([request.id])).get(request.id)
    const isCancelled = clearing && clearing.order > orderOf(request.publication)
    if (isCancelled && !(await someWentOut(deps, request, states))) return undefined
    return whyNonePending(
      request.id,
      states.map((state) => ({
        dueAtMs: emitAtMsOf(state.ref.key),
        how: isOfLater(request, state) ? 'of a later publish' : state.status,
      })),
    )
  }
}

function dateOf(state: StateOfId | undefined): Instant | undefined {
  const atMs = state && emitAtMsOf(state.ref.key)
  return atMs === undefined ? undefined : { atMs, text: new Date(atMs).toISOString() }
}

/** The one that a request has begun to move before, if it comes again. */
function beingMoved({ publication }: RescheduleRequest, states: readonly StateOfId[]): StateOfId | undefined {
  return states.find(({ standing }) => standing.outcome?.next && isRepetition(standing, publication))
}

/** That one, or else all that are pending, or are about to be again. */
async function meantBy(deps: OnlyDateDeps, request: RescheduleRequest, states: readonly StateOfId[]) {
  const moved = beingMoved(request, states)
  if (moved) return [moved]
  const isMeant = async ({ standing, status }: StateOfId) =>
    CHANGEABLE.includes(status) || isUnderWay(standing) || isToComeBefore(deps, standing, request)
  const areMeant = await Promise.all(states.map(isMeant))
  return states.filter((state, i) => areMeant[i] && !isOfLater(request, state))
}

/** Whether what stands there now was published after the request. */
function isOfLater({ publication }: RescheduleRequest, { standing: { event } }: StateOfId): boolean {
  return event !== undefined && isEarlier(publication, event)
}

/** Whether an event that was pending when a request was published has gone out since. */
async function someWentOut({ table }: OnlyDateDeps, { publication }: RescheduleRequest, states: readonly StateOfId[]) {
  const delivered = states.filter(({ status }) => status === 'delivered')
  const wentOutMs = await Promise.all(delivered.map(({ standing }) => wentOutAtMs(table, standing)))
  return wentOutMs.some((atMs) => atMs >= publication.atMs)
}
