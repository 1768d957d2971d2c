import type { EventsReader } from '../aws/events-table.ts'
import { emitAtMsOf } from '../core/event.ts'
import type { Settlement } from '../core/settlement.ts'
import { minuteOf, type Slot, slotsOfMinute } from '../core/slot.ts'
import { OVERDUE_MS } from '../core/timetable.ts'
import { type AccountTable, accountOf } from './slot-account.ts'

/** A slot as the table tells it. */
export interface SlotLine {
  slot: Slot
  settled: boolean
  settlement: Settlement
  /** Events that have not ended, and are not due or only just. */
  pending: number
  /** Ids of events that should have ended. */
  overdue: string[]
}

export type LedgerTable = AccountTable &
  Pick<EventsReader, 'minutesBetween' | 'holdsEvents' | 'countEvents' | 'runnerRecord'>

/** Which minutes a ledger tells of, and when it is asked, epoch ms. `toMs` is exclusive. */
export interface LedgerSpan {
  fromMs: number
  toMs: number
  nowMs: number
}

/** The account of every slot of a span that holds events, from the facts in the table alone. */
export async function* ledger(table: LedgerTable, { fromMs, toMs, nowMs }: LedgerSpan): AsyncGenerator<SlotLine> {
  for await (const page of table.minutesBetween(minuteOf(fromMs), toMs))
    for (const { minuteMs, shards } of page)
      for (const slot of slotsOfMinute(minuteMs, shards))
        if (await table.holdsEvents(slot)) yield slotLine(table, slot, nowMs)
}

/** The account of one slot. */
export async function slotLine(table: LedgerTable, slot: Slot, nowMs: number): Promise<SlotLine> {
  const { segments, settledAtMs } = await table.runnerRecord(slot)
  const account = accountOf(table, slot, { segments })
  const overdue: string[] = []
  let pending = 0
  for await (const keys of account.unaccountedKeys()) {
    const late = keys.filter((key) => nowMs - emitAtMsOf(key) > OVERDUE_MS)
    // Only these are few: what may still be on time is counted by its key.
    for (const { id } of await table.findHeads(late.map((key) => ({ slot, key })))) overdue.push(id)
    pending += keys.length - late.length
  }
  return { slot, settled: settledAtMs !== undefined, settlement: await account.settlement(), pending, overdue }
}

/** The slot in a line for people. */
export function describe({ slot, settled, settlement, pending, overdue }: SlotLine): string {
  const { events, delivered, failed, cancelled, expired, retrying, moved, latenessMs } = settlement
  const sum = `${events} events = ${delivered} delivered + ${cancelled} cancelled + ${expired} expired + ${failed} failed + ${retrying} retrying + ${moved} moved + ${pending + overdue.length} pending`
  const late = latenessMs ? `  late p50 ${latenessMs.p50} ms, p99 ${latenessMs.p99} ms, max ${latenessMs.max} ms` : ''
  const missing =
    overdue.length > 0
      ? `  OVERDUE ${overdue.length}: ${overdue.slice(0, 10).join(', ')}${overdue.length > 10 ? ', …' : ''}`
      : ''
  return `${slot}  ${settled ? 'settled' : 'pending'}  ${sum}${late}${missing}`
}
