import type { EventsTable } from '../../aws/events-table.ts'
import { unlessUnreadable } from '../../core/errors.ts'
import { isClaimed, isFinal } from '../../core/outcome.ts'
import { againDelayMs } from '../../core/retry.ts'
import type { Settlement } from '../../core/settlement.ts'
import { type Slot, settleAtMs } from '../../core/slot.ts'
import { CLAIM_MS, SETTLE_AGAIN_MS } from '../../core/timetable.ts'
import { type AccountTable, accountOf, type SlotAccount, type UnaccountedEvent } from '../../status/slot-account.ts'
import { parkNext } from '../delivery/fate.ts'
import { type DeliverOverdueDeps, type OverdueDelivery, overdueDelivery } from './deliver-overdue.ts'

export type SettleSlotDeps = DeliverOverdueDeps & {
  table: DeliverOverdueDeps['table'] & AccountTable & Pick<EventsTable, 'runnerRecord' | 'settle'>
}

export type SettleResult =
  | { settled: true; settlement: Settlement }
  /** `unreadable` says of how many items, if it is for them, and the whole slot for its record. */
  | { settled: false; againAtMs: number; unreadable?: number }

/**
 * The proof that every event of a slot was emitted or has an outcome. What was not is emitted now, late. The slot is
 * settled only if nothing was parked in it meanwhile. What this version cannot read is left alone, and the slot unsettled: a
 * version that can read it will deliver it.
 */
export function settleSlotWith(deps: SettleSlotDeps) {
  return async (slot: Slot): Promise<SettleResult> => {
    const { clock, table } = deps
    if (clock.now() < settleAtMs(slot)) return { settled: false, againAtMs: settleAtMs(slot) }
    const record = await table.runnerRecord(slot).catch(unlessUnreadable)
    if (!record) return unreadableAgain(deps, slot, 1)
    const { segments, version } = record
    const account = accountOf(table, slot, segments)
    const overdue = overdueDelivery(deps, slot, segments)
    let againAtMs = 0
    for await (const page of account.unaccountedEvents())
      againAtMs = Math.max(againAtMs, await deliverUnaccounted(deps, page, { account, overdue }))
    if (againAtMs > 0) return { settled: false, againAtMs }
    if (account.unreadable() > 0) return unreadableAgain(deps, slot, account.unreadable())
    const settlement = await account.settlement()
    const settled = await table.settle(slot, version, settlement)
    return settled ? { settled, settlement } : { settled, againAtMs: clock.now() + SETTLE_AGAIN_MS }
  }
}

/** Looks again after as long as it has been, in case somebody mends it: the version that can read it does not wait. */
function unreadableAgain({ clock, random, log }: SettleSlotDeps, slot: Slot, unreadable: number): SettleResult {
  const nowMs = clock.now()
  const againAtMs = nowMs + againDelayMs({ sinceMs: settleAtMs(slot), nowMs }, random())
  log.warn('slot not settled, because of items that this version cannot read', { slot, unreadable })
  return { settled: false, againAtMs, unreadable }
}

/**
 * Emits the events of a page that nobody has emitted.
 * @returns when to look again at those that somebody else has claimed, epoch ms; 0 if there are none
 */
async function deliverUnaccounted(
  deps: SettleSlotDeps,
  page: readonly UnaccountedEvent[],
  { account, overdue }: { account: SlotAccount; overdue: OverdueDelivery },
): Promise<number> {
  const nowMs = deps.clock.now()
  for (const { event, outcome } of page)
    if (outcome?.kind === 'retrying' && outcome.next) {
      deps.log.warn('next attempt parked by the settler', { slot: event.slot, id: event.id })
      await parkNext(deps, event, { ...outcome, ...outcome.next })
      account.ended('retrying', 1)
    }
  const claimed = page.filter(({ outcome }) => isClaimed(outcome, nowMs))
  const lapseAtMs = claimed.map(({ outcome }) => (outcome?.atMs ?? nowMs) + CLAIM_MS)
  const missed = page.filter((one) => !isFinal(one.outcome) && !claimed.includes(one)).map(({ event }) => event)
  if (missed.length > 0 && !(await overdue.deliver(missed, account))) lapseAtMs.push(nowMs + SETTLE_AGAIN_MS)
  return Math.max(0, ...lapseAtMs)
}
