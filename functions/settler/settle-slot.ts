import type { EventsTable } from '../../aws/events-table.ts'
import { unlessUnreadable } from '../../core/errors.ts'
import { FIRST_KEY } from '../../core/event.ts'
import { againDelayMs } from '../../core/retry.ts'
import { newSettling, type Settling } from '../../core/runner-record.ts'
import type { Settlement } from '../../core/settlement.ts'
import { type Slot, settleAtMs } from '../../core/slot.ts'
import { SETTLE_AGAIN_MS, SETTLE_FOR_MS, WINDOW_FOR_MS } from '../../core/timetable.ts'
import { type AccountTable, accountOf, type SlotAccount } from '../../status/slot-account.ts'
import { type OverdueDelivery, overdueDelivery } from './deliver-overdue.ts'
import { type DeliverUnaccountedDeps, deliverUnaccounted } from './deliver-unaccounted.ts'

/**
 * A slot with items that this version cannot read is looked at again after this at the latest, for as long as that lasts. In
 * two weeks these are 2,700 looks of five entries at most, of the 25,000 entries that the history of a Standard execution
 * may have. Source: Step Functions developer guide, service quotas.
 */
export const UNREADABLE_AGAIN_MS = 10 * 60_000

export type SettleSlotDeps = DeliverUnaccountedDeps & {
  table: DeliverUnaccountedDeps['table'] & AccountTable & Pick<EventsTable, 'runnerRecord' | 'saveSettling' | 'settle'>
}

export type SettleResult =
  | { settled: true; settlement: Settlement }
  /** `unreadable` says of how many items, if it is for them, and the whole slot for its record. */
  | { settled: false; againAtMs: number; unreadable?: number }

/**
 * The proof that every event of a slot was emitted or has an outcome. What was not is emitted now, late. The slot is
 * settled only if nothing was parked in it meanwhile. What does not end in time goes on when it is invoked again. What
 * this version cannot read is left alone, and the slot unsettled: a version that can read it will deliver it.
 */
export function settleSlotWith(deps: SettleSlotDeps) {
  return async (slot: Slot): Promise<SettleResult> => {
    const { clock, table } = deps
    if (clock.now() < settleAtMs(slot)) return { settled: false, againAtMs: settleAtMs(slot) }
    const record = await table.runnerRecord(slot).catch(unlessUnreadable)
    if (!record) return unreadableAgain(deps, slot, 1)
    const { segments, version, settling } = record
    const begun = settling?.version === version ? settling : newSettling(version)
    const account = accountOf(table, slot, { segments, progress: begun })
    const overdue = overdueDelivery(deps, slot, segments)
    const againAtMs = await goThrough(deps, slot, { account, overdue, begun })
    if (againAtMs > 0) return { settled: false, againAtMs }
    if (account.unreadable() > 0) return unreadableAgain(deps, slot, account.unreadable())
    const settlement = await account.settlement()
    const settled = (await table.settle(slot, version, settlement)) && (await staysSettled(deps, slot))
    return settled ? { settled, settlement } : { settled, againAtMs: clock.now() + SETTLE_AGAIN_MS }
  }
}

/**
 * Whether a slot is settled still, once that is known to be written. Whoever has parked something there meanwhile has opened it
 * again, and has found this runner at work: so it is this one that goes on.
 */
async function staysSettled({ table }: SettleSlotDeps, slot: Slot): Promise<boolean> {
  const record = await table.runnerRecord(slot).catch(unlessUnreadable)
  return record === undefined || record.settledAtMs !== undefined
}

/** Looks again after as long as it has been, and soon enough for the version that can read it when it comes back. */
function unreadableAgain({ clock, random, log }: SettleSlotDeps, slot: Slot, unreadable: number): SettleResult {
  const nowMs = clock.now()
  const since = { sinceMs: settleAtMs(slot), nowMs, longestMs: UNREADABLE_AGAIN_MS }
  const againAtMs = nowMs + againDelayMs(since, random())
  log.warn('slot not settled, because of items that this version cannot read', { slot, unreadable })
  return { settled: false, againAtMs, unreadable }
}

/**
 * Goes through the account, delivers what is missing, and saves after each window but the last how far it came.
 * @returns when to go on, or to look again at what was left open, epoch ms; 0 if nothing was
 */
async function goThrough(
  deps: SettleSlotDeps,
  slot: Slot,
  { account, overdue, begun }: { account: SlotAccount; overdue: OverdueDelivery; begun: Settling },
): Promise<number> {
  const { clock, table } = deps
  const endMs = clock.now() + SETTLE_FOR_MS
  let { againAtMs, position } = begun
  while (!account.isComplete()) {
    const leftOpen = await settleWindow(deps, { account, overdue }, endMs)
    if (leftOpen === 'cut off') return clock.now()
    againAtMs = Math.max(againAtMs, leftOpen)
    if (account.isComplete()) break
    const progress = account.progress()
    const saved = await table.saveSettling(slot, { ...progress, version: begun.version, againAtMs })
    if (!saved || clock.now() >= endMs) return clock.now()
    position = progress.position
  }
  // What was left open, or could not be read, is looked for from the start, by an account of its own.
  if ((againAtMs > 0 || account.unreadable() > 0) && position !== FIRST_KEY)
    await table.saveSettling(slot, newSettling(begun.version))
  return againAtMs
}

/** @returns when to look again at what is left open of the account's next window, epoch ms; 0 if nothing is */
async function settleWindow(
  deps: SettleSlotDeps,
  { account, overdue }: { account: SlotAccount; overdue: OverdueDelivery },
  endMs: number,
): Promise<number | 'cut off'> {
  const { clock } = deps
  const readUntilMs = clock.now() + WINDOW_FOR_MS
  let againAtMs = 0
  for await (const page of account.unaccountedOfNext(() => clock.now() >= readUntilMs)) {
    againAtMs = Math.max(againAtMs, await deliverUnaccounted(deps, page, { account, overdue }))
    // What was delivered stands in checkpoints: whoever counts this window again finds it there.
    if (clock.now() >= endMs) return 'cut off'
  }
  return againAtMs
}
