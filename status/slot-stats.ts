import { LAST_KEY } from '../core/event.ts'
import { type Slot, slotEndMs, slotsOfMinute } from '../core/slot.ts'
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

async function statsOf(table: LedgerTable, slot: Slot, nowMs: number): Promise<Omit<SlotStats, 'slot' | 'minuteMs'>> {
  if (slotEndMs(slot) > nowMs) return { events: await countEvents(table, slot), settled: false, overdue: [] }
  const { settledAtMs, settlement } = await table.runnerRecord(slot)
  if (settledAtMs !== undefined && settlement)
    return { events: settlement.events, settled: true, settlement, overdue: [] }
  const line = await slotLine(table, slot, nowMs)
  return { events: line.settlement.events, settled: false, settlement: line.settlement, overdue: line.overdue }
}

async function countEvents(table: LedgerTable, slot: Slot): Promise<number> {
  let events = 0
  for await (const page of table.keysBetween(slot, '', LAST_KEY)) events += page.length
  return events
}
