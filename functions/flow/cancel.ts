import type { Clock } from '../core/clock.ts'
import type { RejectionCode } from '../core/errors.ts'
import { type EventRef, eventKey } from '../core/event.ts'
import type { Outcome } from '../core/outcome.ts'
import type { CancelRequest } from '../core/request.ts'
import { slotOf } from '../core/slot.ts'
import type { EventsTable } from '../gateway/events-table.ts'
import type { Log } from '../gateway/log.ts'
import { follow, type Trace } from './trace.ts'

/**
 * A cancel is taken until this many ms before the event is to be emitted. The emitter looks for cancels twice a second
 * until then; the rest covers the skew of the two clocks.
 */
export const CANCEL_MARGIN_MS = 3_000

/** How long a cancel waits for its event, ms: topics and queues do not keep order. */
const OVERTAKEN_MS = 1_000

export interface CancelDeps {
  table: Pick<EventsTable, 'find' | 'outcomesOf' | 'concludeFirst'>
  clock: Clock
  shards: number
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
    const ref = { slot: slotOf(date.atMs, id, deps.shards), key: eventKey(date.atMs, id, 1) }
    const trace = await follow(deps.table, ref)
    const refusal = await stop(deps, trace, date.atMs, { reason: 'cancelled by its client' })
    if (refusal) return refusal
    if (!(await findSoon(deps, trace.ref)))
      return {
        code: 'EVENT_NOT_FOUND',
        error: `No event ${id} is scheduled for ${date.text}. Check id and date; if it arrives after all, it stays cancelled.`,
      }
    deps.log.debug('cancelled', { id, due: date.text })
    return undefined
  }
}

/** Writes the outcome `cancelled` where the event stands, unless it is too late or has ended. */
export async function stop(
  deps: CancelDeps,
  trace: Trace,
  dueAtMs: number,
  why: Pick<Outcome, 'reason' | 'next'>,
): Promise<Refusal | undefined> {
  const { ref, event, outcome } = trace
  if (outcome?.kind === 'cancelled' && outcome.next?.key === why.next?.key) return undefined
  if (outcome && outcome.kind !== 'claimed')
    return {
      code: 'EVENT_ENDED',
      error: `The event is already ${outcome.kind}: ${outcome.reason ?? 'no reason given'}.`,
    }
  const nowMs = deps.clock.now()
  const aheadMs = (event?.emitAtMs ?? dueAtMs) - nowMs
  if (outcome || aheadMs < CANCEL_MARGIN_MS)
    return event
      ? {
          code: 'TOO_LATE',
          error: `The event is emitted ${aheadMs > 0 ? `in ${aheadMs} ms` : 'already'}. Changes are taken until ${CANCEL_MARGIN_MS} ms before.`,
        }
      : { code: 'EVENT_NOT_FOUND', error: 'No such event is scheduled. Check id and date.' }
  const first = await deps.table.concludeFirst({ ...ref, kind: 'cancelled', atMs: nowMs, ...why })
  return first ? undefined : stop(deps, await follow(deps.table, ref), dueAtMs, why)
}

/** The event, waiting a little for one that the request overtook. */
export async function findSoon({ table, clock }: Pick<CancelDeps, 'table' | 'clock'>, ref: EventRef) {
  const [event] = await table.find([ref])
  if (event) return event
  await clock.sleep(OVERTAKEN_MS)
  const [late] = await table.find([ref])
  return late
}
