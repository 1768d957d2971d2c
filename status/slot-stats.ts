import { FIRST_KEY, LAST_KEY } from '../core/event.ts'
import { hasEnded } from '../core/outcome.ts'
import { type Slot, slotStartMs, slotsOfMinute } from '../core/slot.ts'
import type { SlotStats } from './facts.ts'
import { type LedgerSpan, type LedgerTable, slotLine } from './ledger.ts'
import { minutesIn } from './minutes.ts'

/**
 * The slots of a span in numbers, in order, those without events left out. A settled one costs a single read; of one whose
 * minute is to come its events are counted; the others are accounted for event by event.
 */
export async function* slotStats(table: LedgerTable, span: LedgerSpan): AsyncGenerator<SlotStats> {
  for await (const { minuteMs, shards } of minutesIn(table, span))
    for (const slot of slotsOfMinute(minuteMs, shards)) {
      const stats = await statsOf(table, slot, span.nowMs)
      if (stats.events > 0) yield { slot, minuteMs, ...stats }
    }
}

export type Counted = Omit<SlotStats, 'slot' | 'minuteMs'>

/** One slot in numbers. */
export async function statsOf(table: LedgerTable, slot: Slot, nowMs: number): Promise<Counted> {
  if (slotStartMs(slot) > nowMs) return countedAhead(table, slot)
  const { settledAtMs, settlement } = await table.runnerRecord(slot)
  if (settledAtMs !== undefined && settlement)
    return { events: settlement.events, pending: 0, settled: true, settlement, overdue: [] }
  const { settlement: soFar, pending, overdue } = await slotLine(table, slot, nowMs)
  return { events: soFar.events, pending: pending + overdue.length, settled: false, settlement: soFar, overdue }
}

/** A minute that is to come: nothing but its outcomes, of what was cancelled, says that an event will not go out. */
async function countedAhead(table: LedgerTable, slot: Slot): Promise<Counted> {
  const ended = new Set<string>()
  for await (const page of table.outcomesBetween(slot, FIRST_KEY, LAST_KEY))
    for (const outcome of page) if (hasEnded(outcome)) ended.add(outcome.key)
  const ahead = (events: number, pending: number) => ({ events, pending, settled: false, overdue: [] })
  if (ended.size === 0) {
    const events = await table.countEvents(slot)
    return ahead(events, events)
  }
  // What was cancelled before it was parked is no event of the slot: so each is looked at.
  let [events, pending] = [0, 0]
  for await (const keys of table.keysBetween(slot, FIRST_KEY, LAST_KEY)) {
    events += keys.length
    pending += keys.filter((key) => !ended.has(key)).length
  }
  return ahead(events, pending)
}
