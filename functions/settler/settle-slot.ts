import type { EventsTable } from '../../aws/events-table.ts'
import { isClaimed, isFinal } from '../../core/outcome.ts'
import type { Settlement } from '../../core/settlement.ts'
import { type Slot, settleAtMs } from '../../core/slot.ts'
import { CLAIM_MS, SETTLE_AGAIN_MS } from '../../core/timetable.ts'
import { type AccountTable, accountOf, type SlotAccount, type UnaccountedEvent } from '../../status/slot-account.ts'
import { parkNext } from '../delivery/fate.ts'
import { type DeliverOverdueDeps, deliverOverdue } from './deliver-overdue.ts'

export type SettleSlotDeps = DeliverOverdueDeps & {
  table: DeliverOverdueDeps['table'] & AccountTable & Pick<EventsTable, 'runnerRecord' | 'settle'>
}

export type SettleResult = { settled: true; settlement: Settlement } | { settled: false; againAtMs: number }

/**
 * The proof that every event of a slot was emitted or has an outcome. What was not is emitted now, late. The slot is
 * settled only if nothing was parked in it meanwhile.
 */
export function settleSlotWith(deps: SettleSlotDeps) {
  return async (slot: Slot): Promise<SettleResult> => {
    const { clock, table } = deps
    if (clock.now() < settleAtMs(slot)) return { settled: false, againAtMs: settleAtMs(slot) }
    const { segments, version } = await table.runnerRecord(slot)
    const account = accountOf(table, slot, segments)
    let againAtMs = 0
    for await (const page of account.unaccountedEvents())
      againAtMs = Math.max(againAtMs, await deliverUnaccounted(deps, page, account))
    if (againAtMs > 0) return { settled: false, againAtMs }
    const settlement = await account.settlement()
    const settled = await table.settle(slot, version, settlement)
    return settled ? { settled, settlement } : { settled, againAtMs: clock.now() + SETTLE_AGAIN_MS }
  }
}

/**
 * Emits the events of a page that nobody has emitted.
 * @returns when to look again at those that somebody else has claimed, epoch ms; 0 if there are none
 */
async function deliverUnaccounted(
  deps: SettleSlotDeps,
  page: readonly UnaccountedEvent[],
  account: SlotAccount,
): Promise<number> {
  const nowMs = deps.clock.now()
  for (const { event, outcome } of page)
    if (outcome?.kind === 'retrying' && outcome.next) {
      deps.log.warn('next attempt parked by the settler', { slot: event.slot, id: event.id })
      await parkNext(deps, event, outcome.next)
      account.ended('retrying', 1)
    }
  const claimed = page.filter(({ outcome }) => isClaimed(outcome, nowMs))
  const lapseAtMs = claimed.map(({ outcome }) => (outcome?.atMs ?? nowMs) + CLAIM_MS)
  const overdue = page.filter((one) => !isFinal(one.outcome) && !claimed.includes(one)).map(({ event }) => event)
  if (overdue.length > 0 && !(await deliverOverdue(deps, overdue, account))) lapseAtMs.push(nowMs + SETTLE_AGAIN_MS)
  return Math.max(0, ...lapseAtMs)
}
