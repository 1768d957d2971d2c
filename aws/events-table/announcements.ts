import { keyAt, LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import type { Slot } from '../../core/slot.ts'
import { CLOCK_SKEW_MS } from '../../core/timetable.ts'
import { putAll, queryPages, range } from './bulk.ts'
import { announcementItem, type Item, PREFIX } from './items.ts'
import { readEach, readItem } from './reading.ts'
import { expiresAt } from './retention.ts'
import type { ReadableTable, Table } from './table.ts'
import { uniqueKeyAt } from './unique-key.ts'

/** What tells an emitter at work of events that were parked where it may have read already. */
export function announcementReads(table: ReadableTable) {
  return {
    /** Pages of announced keys, as far as they can be read: of every announcement that stands until `fromMs` (epoch ms) or later. */
    async *announced(slot: Slot, fromMs: number): AsyncGenerator<string[]> {
      const query = range(slot, { prefix: PREFIX.announcement, from: keyAt(fromMs), to: LAST_KEY })
      for await (const page of queryPages(table, 'read announcements', query))
        yield readEach(table, page, keysOfAnnouncement).flat()
    },
  }
}

export function announcementWrites(table: Table) {
  return {
    /** Tells the emitters of their slots of events that are there already. Stands until `untilMs`, epoch ms. */
    async announce(events: readonly ScheduledEvent[], untilMs: number): Promise<void> {
      await putAll(table, 'announce events', itemsOf(table, events, untilMs))
    },
  }
}

/** The keys that an announcement names. */
export function keysOfAnnouncement(item: Item): string[] {
  return readItem(announcementItem, item).keys
}

/**
 * One item for the events of each slot that are announced as they are parked; it stands until the last of them is due. What
 * is so late that nobody would see that any more is announced when it is there.
 */
export function announcementsOf(table: Table, parked: readonly ScheduledEvent[]): Item[] {
  const seenFromMs = table.clock.now() - CLOCK_SKEW_MS
  return itemsOf(
    table,
    parked.filter(({ lane, emitAtMs }) => lane === 'soon' && emitAtMs >= seenFromMs),
  )
}

function itemsOf(table: Table, announced: readonly ScheduledEvent[], untilMs?: number): Item[] {
  const bySlot = Map.groupBy(announced, ({ slot }) => slot)
  return [...bySlot].map(([slot, events]) => {
    const lastMs = untilMs ?? Math.max(...events.map(({ emitAtMs }) => emitAtMs))
    return {
      pk: slot,
      sk: PREFIX.announcement + uniqueKeyAt(lastMs, table.random),
      keys: events.map(({ key }) => key),
      expiresAt: expiresAt(lastMs, table),
    }
  })
}
