import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import type { Clock } from '../../core/clock.ts'
import type { RejectionCode } from '../../core/errors.ts'
import { type EventRef, emitAtMsOf, eventKey } from '../../core/event.ts'
import type { Outcome } from '../../core/outcome.ts'
import type { CancelRequest } from '../../core/request.ts'
import { CANCEL_MARGIN_MS, DOUBT_MS, OVERTAKEN_MS, SURE_MS } from '../../core/timetable.ts'
import { follow, type Standing } from '../../status/event-status.ts'
import type { SlotAt } from '../slot-at.ts'

export interface CancelDeps {
  table: Pick<EventsTable, 'find' | 'lookUp' | 'outcomesOf' | 'concludeFirst' | 'isDelivered'>
  clock: Clock
  slotAt: SlotAt
  log: Log
}

/** Why a request about an event cannot be carried out. */
export interface Refusal {
  code: RejectionCode
  error: string
}

/**
 * Cancels an event. Takes effect even if the event arrives later.
 * @returns why it cannot be cancelled, or undefined
 */
export function cancelWith(deps: CancelDeps) {
  return async ({ id, date }: CancelRequest): Promise<Refusal | undefined> => {
    const ref = { slot: await deps.slotAt(date.atMs, id), key: eventKey(date.atMs, id, 1) }
    const standing = await follow(deps.table, ref)
    const refusal = await stop(deps, standing, { reason: 'cancelled by its client' })
    if (refusal) return refusal
    if (!standing.isPointedTo && !(await findSoon(deps, standing.ref)))
      return {
        code: 'EVENT_NOT_FOUND',
        error: `No event ${id} is scheduled for ${date.text}. Check id and date; if it arrives after all, it stays cancelled.`,
      }
    deps.log.debug('cancelled', { id, due: date.text })
    return undefined
  }
}

/** Writes the outcome `cancelled` where the event stands, unless it is too late or has ended. */
export async function stop(deps: CancelDeps, standing: Standing, why: Why): Promise<Refusal | undefined> {
  const { ref, event, outcome, isPointedTo } = standing
  // Of an event that has not arrived yet its key tells.
  const emitAtMs = event?.emitAtMs ?? emitAtMsOf(ref.key)
  if (outcome?.kind === 'cancelled' && outcome.next?.key === why.next?.key) return verify(deps, ref, emitAtMs)
  if (outcome && outcome.kind !== 'claimed') {
    const error = `The event is already ${outcome.kind}: ${outcome.reason ?? 'no reason given'}.`
    return { code: 'EVENT_ENDED', error }
  }
  const nowMs = deps.clock.now()
  if (outcome || emitAtMs - nowMs < CANCEL_MARGIN_MS)
    return event || isPointedTo ? tooLate(emitAtMs - nowMs) : NOT_FOUND
  const first = await deps.table.concludeFirst({ ...ref, kind: 'cancelled', atMs: nowMs, ...why })
  return first ? verify(deps, ref, emitAtMs) : stop(deps, await follow(deps.table, ref), why)
}

type Why = Pick<Outcome, 'reason' | 'next'>

const NOT_FOUND: Refusal = { code: 'EVENT_NOT_FOUND', error: 'No such event is scheduled. Check id and date.' }

function tooLate(aheadMs: number): Refusal {
  const when = aheadMs > 0 ? `is emitted in ${aheadMs} ms` : 'has been emitted'
  return { code: 'TOO_LATE', error: `The event ${when}. Changes are taken until ${CANCEL_MARGIN_MS} ms before.` }
}

/** A cancel whose write was so slow that the emitter may not have seen it counts only if the event did not go out. */
async function verify({ table, clock }: CancelDeps, ref: EventRef, emitAtMs: number): Promise<Refusal | undefined> {
  if (emitAtMs - clock.now() >= SURE_MS) return undefined
  await clock.sleep(emitAtMs + DOUBT_MS - clock.now())
  return (await table.isDelivered(ref)) ? tooLate(0) : undefined
}

/** The event, waiting a little for one that the request overtook. */
export async function findSoon({ table, clock }: Pick<CancelDeps, 'table' | 'clock'>, ref: EventRef) {
  const [event] = await table.find([ref])
  if (event) return event
  await clock.sleep(OVERTAKEN_MS)
  const [late] = await table.find([ref])
  return late
}
