import type { EventsTable } from '../../aws/events-table.ts'
import { inPieces } from '../../core/event-size.ts'
import { hasEnded, isClaimed, isUndelivered } from '../../core/outcome.ts'
import { CLAIM_MS, SETTLE_AGAIN_MS } from '../../core/timetable.ts'
import type { SlotAccount, UnaccountedEvent } from '../../status/slot-account.ts'
import { goOnIfAsked, parkNext } from '../delivery/going-on.ts'
import type { DeliverOverdueDeps, OverdueDelivery } from './deliver-overdue.ts'

export type DeliverUnaccountedDeps = DeliverOverdueDeps & {
  table: DeliverOverdueDeps['table'] & Pick<EventsTable, 'find'>
}

/** Who delivers what is overdue, and the account that counts it. */
interface To {
  account: SlotAccount
  overdue: OverdueDelivery
}

/**
 * Emits the events of a page that nobody has emitted.
 * @returns when to look again at those that are left open, epoch ms; 0 if there are none
 */
export async function deliverUnaccounted(
  deps: DeliverUnaccountedDeps,
  page: readonly UnaccountedEvent[],
  to: To,
): Promise<number> {
  const nowMs = deps.clock.now()
  const againAtMs = page.flatMap(({ outcome }) => (isClaimed(outcome, nowMs) ? [outcome.atMs + CLAIM_MS] : []))
  const free = page.filter(({ outcome }) => !isClaimed(outcome, nowMs))
  for (const piece of inPieces(free, ({ event }) => event.size)) againAtMs.push(await deliverPiece(deps, piece, to))
  return Math.max(0, ...againAtMs)
}

/** The same of events that fit in memory with their payloads, and that nobody has claimed. */
async function deliverPiece(
  deps: DeliverUnaccountedDeps,
  piece: readonly UnaccountedEvent[],
  { account, overdue }: To,
): Promise<number> {
  const { clock, log, table } = deps
  const found = new Map((await table.find(piece.map(({ event }) => event))).map((event) => [event.key, event]))
  const whole = piece.flatMap(({ event: { key }, outcome }) => ({ event: found.get(key), outcome }))
  let againAtMs = 0
  for (const { event } of piece.filter(({ event }) => !found.has(event.key))) {
    const { slot, key, id, date: due } = event
    // Published again by its client, it has a payload again, and goes out.
    log.warn('payload missing: the event cannot be delivered', { slot, key, id, due })
    againAtMs = clock.now() + CLAIM_MS
  }
  const missed = []
  for (const { event, outcome } of whole)
    if (event && outcome?.kind === 'retrying' && outcome.next) {
      log.warn('next attempt parked by the settler', { slot: event.slot, id: event.id })
      await parkNext(deps, event, { ...outcome, ...outcome.next })
      account.ended('retrying', 1)
    } else if (event && outcome && isUndelivered(outcome)) {
      log.warn('asked for again while it ended: goes on by the settler', { slot: event.slot, id: event.id })
      const holds = await goOnIfAsked(deps, event, outcome)
      if (hasEnded(holds)) account.ended(holds.kind, 1)
    } else if (event) missed.push(event)
  if (missed.length > 0 && !(await overdue.deliver(missed, account)))
    againAtMs = Math.max(againAtMs, clock.now() + SETTLE_AGAIN_MS)
  return againAtMs
}
