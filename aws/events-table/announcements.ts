import { keyAt, LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import type { Slot } from '../../core/slot.ts'
import { queryPages, range } from './bulk.ts'
import { announcementItem, type Item, PREFIX, readItem } from './items.ts'
import { expiresAt } from './retention.ts'
import type { ReadableTable, Table } from './table.ts'
import { uniqueKeyAt } from './unique-key.ts'

/** What tells an emitter at work of events that were parked where it may have read already. */
export function announcementReads(table: ReadableTable) {
  return {
    /** Pages of announced keys: of every announcement whose last event is emitted at `fromMs` (epoch ms) or later. */
    async *announced(slot: Slot, fromMs: number): AsyncGenerator<string[]> {
      const query = range(slot, { prefix: PREFIX.announcement, from: keyAt(fromMs), to: LAST_KEY })
      for await (const page of queryPages(table, 'read announcements', query))
        yield page.flatMap((item) => readItem(announcementItem, item).keys)
    },
  }
}

/** One item for the announced events of each slot, whose place is that of the last of them. */
export function announcementsOf(table: Table, parked: readonly ScheduledEvent[]): Item[] {
  const bySlot = Map.groupBy(
    parked.filter(({ lane }) => lane === 'soon'),
    ({ slot }) => slot,
  )
  return [...bySlot].map(([slot, events]) => {
    const lastMs = Math.max(...events.map(({ emitAtMs }) => emitAtMs))
    return {
      pk: slot,
      sk: PREFIX.announcement + uniqueKeyAt(lastMs, table.random),
      keys: events.map(({ key }) => key),
      expiresAt: expiresAt(lastMs, table),
    }
  })
}
