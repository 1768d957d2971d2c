import { type EventHead, type EventRef, FIRST_KEY, LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import { inPieces } from '../../core/event-size.ts'
import type { PlannedEvent } from '../../core/segment.ts'
import type { Slot } from '../../core/slot.ts'
import { announcementsOf } from './announcements.ts'
import { getAll, putAll, queryPages, range } from './bulk.ts'
import { eventItem, type Item, keysOf, PREFIX, readItem, wholeEventItem } from './items.ts'
import { apartOf, payloadsOf, withPayloads } from './payloads.ts'
import { expiresAt } from './retention.ts'
import type { ReadableTable, Table } from './table.ts'

/** Events as they are parked in their slots. */
export function eventReads(table: ReadableTable) {
  const allOf = (slot: Slot) => range(slot, { prefix: PREFIX.event, from: FIRST_KEY, to: LAST_KEY })
  return {
    /** Those of the events that are there, whole. */
    async find(refs: readonly EventRef[]): Promise<ScheduledEvent[]> {
      return wholeEvents(table, await getAll(table, 'read events', keysOf('event', refs)))
    },

    /** The same without their payloads, at little cost. */
    async findHeads(refs: readonly EventRef[]): Promise<EventHead[]> {
      return (await getAll(table, 'read events', keysOf('event', refs))).map(toHead)
    },

    /**
     * Pages of the slot's events from key `from` (inclusive) to `to` (exclusive), in key order, whole. A page holds a few
     * MB of payloads at most.
     */
    async *eventsBetween(slot: Slot, from: string, to: string): AsyncGenerator<ScheduledEvent[]> {
      for await (const page of queryPages(table, 'read events', range(slot, { prefix: PREFIX.event, from, to })))
        for (const piece of inPieces(
          page.filter((item) => eventKeyOf(item) < to),
          ({ size }) => Number(size),
        ))
          yield wholeEvents(table, piece)
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
          .map((item) => ({ key: eventKeyOf(item), size: Number(item.size) }))
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
  const toItem = ({ slot, key, payload, ...event }: ScheduledEvent): Item => {
    const apart = apartOf(payload)
    return {
      ...event,
      pk: slot,
      sk: PREFIX.event + key,
      ...(apart === undefined ? { payload } : { apart }),
      size: payload.length,
      expiresAt: expiresAt(event.emitAtMs, table),
    }
  }
  return {
    /** Writes events into their slots, and announces those of the lane `soon`. Harmless to repeat. */
    async park(parked: readonly ScheduledEvent[]): Promise<void> {
      // Before them: however these writes end, no event stands without its payload.
      await putAll(table, 'park payloads', payloadsOf(table, parked))
      await putAll(table, 'park events', [...parked.map(toItem), ...announcementsOf(table, parked)])
    },
  }
}

export function isEvent(item: Item): boolean {
  return String(item.sk).startsWith(PREFIX.event)
}

/** Events with their payloads, in the same order; without those whose payload is not there. */
export async function wholeEvents(table: ReadableTable, items: readonly Item[]): Promise<ScheduledEvent[]> {
  return (await withPayloads(table, items)).map(toEvent)
}

/** @param item with its payload, wherever it stood */
export function toEvent(item: Item): ScheduledEvent {
  const { payload } = readItem(wholeEventItem, item)
  const { size: _size, ...event } = toHead(item)
  return { ...event, payload }
}

function toHead(item: Item): EventHead {
  const { pk, sk, payload: _payload, apart: _apart, expiresAt: _expiresAt, ...event } = readItem(eventItem, item)
  return { ...event, slot: pk, key: eventKeyOf({ sk }) }
}

function eventKeyOf({ sk }: Item): string {
  return String(sk).slice(PREFIX.event.length)
}
