import * as z from 'zod'
import { keyAt, LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import type { Slot } from '../../core/slot.ts'
import { type Item, queryPages, range } from './bulk.ts'
import { expiresAt } from './retention.ts'
import type { Table } from './table.ts'

const PREFIX = 'announcement#'

const announcementItem = z.object({ keys: z.array(z.string()) })

/** What tells an emitter at work of events that were parked where it may have read already. */
export function announcements(table: Table) {
  return {
    /** Pages of announced keys: of every announcement whose last event is emitted at `fromMs` (epoch ms) or later. */
    async *announced(slot: Slot, fromMs: number): AsyncGenerator<string[]> {
      for await (const page of queryPages(table, range(slot, PREFIX, keyAt(fromMs), LAST_KEY)))
        yield page.flatMap((item) => announcementItem.parse(item).keys)
    },
  }
}

/** One item for the announced events of each slot, whose place is that of the last of them. */
export function announcementsOf({ clock, random, retentionDays }: Table, parked: readonly ScheduledEvent[]): Item[] {
  const bySlot = Map.groupBy(
    parked.filter(({ lane }) => lane === 'soon'),
    ({ slot }) => slot,
  )
  return [...bySlot].map(([slot, events]) => {
    const lastMs = Math.max(...events.map(({ emitAtMs }) => emitAtMs))
    return {
      pk: slot,
      sk: `${PREFIX}${keyAt(lastMs)}${random().toString(36).slice(2, 12)}`,
      keys: events.map(({ key }) => key),
      expiresAt: expiresAt(lastMs, clock.now(), retentionDays),
    }
  })
}
