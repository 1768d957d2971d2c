import * as z from 'zod'
import { type EventRef, FIRST_KEY, LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import { LANES } from '../../core/lane.ts'
import type { PlannedEvent } from '../../core/segment.ts'
import type { Slot } from '../../core/slot.ts'
import { announcementsOf } from './announcements.ts'
import { getAll, type Item, type Key, putAll, queryPages, range } from './bulk.ts'
import { expiresAt } from './retention.ts'
import type { Table } from './table.ts'

const PREFIX = 'event#'

const eventItem = z.object({
  pk: z.string(),
  sk: z.string().startsWith(PREFIX),
  id: z.string(),
  dueAtMs: z.number(),
  emitAtMs: z.number(),
  lane: z.enum(LANES),
  attempt: z.number(),
  target: z.string(),
  payload: z.string(),
  date: z.string(),
  user: z.string().optional(),
  failureTopic: z.string().optional(),
  latest: z.string().optional(),
  latestAtMs: z.number().optional(),
})

/** Events as they are parked in their slots. */
export function events(table: Table) {
  const toItem = ({ slot, key, ...event }: ScheduledEvent): Item => ({
    ...event,
    pk: slot,
    sk: PREFIX + key,
    size: event.payload.length,
    expiresAt: expiresAt(event.emitAtMs, table.clock.now(), table.retentionDays),
  })
  return {
    /** Writes events into their slots, and announces those of the lane `soon`. Harmless to repeat. */
    async park(parked: readonly ScheduledEvent[]): Promise<void> {
      await putAll(table, [...parked.map(toItem), ...announcementsOf(table, parked)])
    },

    /** Those of the events that are there. */
    async find(refs: readonly EventRef[]): Promise<ScheduledEvent[]> {
      return (await getAll(table, eventKeys(refs))).map(toEvent)
    },

    /** Pages of the slot's events from key `from` (inclusive) to `to` (exclusive), in key order. */
    async *eventsBetween(slot: Slot, from: string, to: string): AsyncGenerator<ScheduledEvent[]> {
      for await (const page of queryPages(table, range(slot, PREFIX, from, to)))
        yield page.map(toEvent).filter(({ key }) => key < to)
    },

    /** Pages of the keys of the slot's events from `from` (inclusive) to `to` (exclusive), in order. */
    async *keysBetween(slot: Slot, from: string, to: string): AsyncGenerator<string[]> {
      for await (const page of queryPages(table, { ...range(slot, PREFIX, from, to), ProjectionExpression: '#sk' }))
        yield page.map((item) => String(item.sk).slice(PREFIX.length)).filter((key) => key < to)
    },

    /** Pages of what planning needs to know of the slot's events, in key order; those of the express lane left out. */
    async *plannedEvents(slot: Slot): AsyncGenerator<PlannedEvent[]> {
      const query = {
        ...range(slot, PREFIX, FIRST_KEY, LAST_KEY),
        ProjectionExpression: '#sk, #lane, #size',
      }
      for await (const page of queryPages(table, query))
        yield page
          .filter((item) => item.lane !== 'express')
          .map((item) => ({ key: String(item.sk).slice(PREFIX.length), size: Number(item.size) }))
    },

    /** Whether anything is parked in the slot. Costs the same however much it is. */
    async holdsEvents(slot: Slot): Promise<boolean> {
      const { value: page } = await queryPages(table, { ...range(slot, PREFIX, FIRST_KEY, LAST_KEY), Limit: 1 }).next()
      return page !== undefined && page.length > 0
    },
  }
}

export function eventKeys(refs: readonly EventRef[]): Key[] {
  return refs.map(({ slot, key }) => ({ pk: slot, sk: PREFIX + key }))
}

export function isEvent(item: Item): boolean {
  return String(item.sk).startsWith(PREFIX)
}

export function toEvent(item: Item): ScheduledEvent {
  const { pk, sk, ...event } = eventItem.parse(item)
  return { ...event, slot: pk, key: sk.slice(PREFIX.length) }
}
