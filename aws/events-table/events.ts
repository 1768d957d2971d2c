import { SchedulerError } from '../../core/errors.ts'
import { type EventRef, FIRST_KEY, LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import type { PlannedEvent } from '../../core/segment.ts'
import type { Slot } from '../../core/slot.ts'
import { announcementsOf, keysOfAnnouncement } from './announcements.ts'
import { getAll, putInTime, queryPages, range } from './bulk.ts'
import { eventItem, type Item, keysOf, PREFIX, readEach, readItem } from './items.ts'
import { expiresAt } from './retention.ts'
import type { ReadableTable, Table } from './table.ts'

/** Events as they are parked in their slots. */
export function eventReads(table: ReadableTable) {
  const allOf = (slot: Slot) => range(slot, { prefix: PREFIX.event, from: FIRST_KEY, to: LAST_KEY })
  return {
    /** Those of the events that are there and can be read. */
    async find(refs: readonly EventRef[]): Promise<ScheduledEvent[]> {
      return readEach(table, await getAll(table, 'read events', keysOf('event', refs)), toEvent)
    },

    /** Pages of the slot's events from key `from` (inclusive) to `to` (exclusive), in key order, that can be read. */
    async *eventsBetween(slot: Slot, from: string, to: string): AsyncGenerator<ScheduledEvent[]> {
      for await (const page of queryPages(table, 'read events', range(slot, { prefix: PREFIX.event, from, to })))
        yield readEach(table, page, toEvent).filter(({ key }) => key < to)
    },

    /** Pages of the keys of the slot's events from `from` (inclusive) to `to` (exclusive), in order. */
    async *keysBetween(slot: Slot, from: string, to: string): AsyncGenerator<string[]> {
      const query = { ...range(slot, { prefix: PREFIX.event, from, to }), ProjectionExpression: '#sk' }
      for await (const page of queryPages(table, 'read keys of events', query))
        yield page.map(eventKeyOf).filter((key) => key < to)
    },

    /** Pages of what planning needs to know of the slot's events, in key order; those of the express lane left out. */
    async *plannedEvents(slot: Slot): AsyncGenerator<PlannedEvent[]> {
      const query = { ...allOf(slot), ProjectionExpression: '#sk, #lane, #size' }
      for await (const page of queryPages(table, 'read what is planned', query))
        yield page
          .filter((item) => item.lane !== 'express')
          .map((item) => ({ key: eventKeyOf(item), size: Number(item.size) || 0 }))
    },

    /** Whether anything is parked in the slot. Costs the same however much it is. */
    async holdsEvents(slot: Slot): Promise<boolean> {
      const first = queryPages(table, 'look for events', { ...allOf(slot), Limit: 1 })
      const { value: page } = await first.next()
      return page !== undefined && page.length > 0
    },
  }
}

export function eventWrites(table: Table) {
  const toItem = ({ slot, key, ...event }: ScheduledEvent): Item => ({
    ...event,
    pk: slot,
    sk: PREFIX.event + key,
    size: event.payload.length,
    expiresAt: expiresAt(event.emitAtMs, table),
  })
  return {
    /**
     * Writes events into their slots, and announces those of the lane `soon`. Harmless to repeat.
     * @throws SchedulerError whose `unwritten` names those that were not written, or not announced, in time
     */
    async park(parked: readonly ScheduledEvent[]): Promise<void> {
      const items = [...parked.map(toItem), ...announcementsOf(table, parked)]
      const { left, why } = await putInTime(table, 'park events', items)
      if (why) throw new SchedulerError(why.code, why.message, { cause: why, unwritten: left.flatMap(eventsOf) })
    },
  }
}

export function isEvent(item: Item): boolean {
  return String(item.sk).startsWith(PREFIX.event)
}

export function toEvent(item: Item): ScheduledEvent {
  const { pk, sk, size: _size, expiresAt: _expiresAt, ...event } = readItem(eventItem, item)
  return { ...event, slot: pk, key: eventKeyOf({ sk }) }
}

/** The events that an item is about: an event itself, or an announcement of several. */
function eventsOf(item: Item): EventRef[] {
  const slot = String(item.pk)
  return isEvent(item) ? [{ slot, key: eventKeyOf(item) }] : keysOfAnnouncement(item).map((key) => ({ slot, key }))
}

export function eventKeyOf({ sk }: Item): string {
  return String(sk).slice(PREFIX.event.length)
}
