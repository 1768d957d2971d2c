import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { orderOf, publicationAt } from '../../core/clearing.ts'
import { SchedulerError } from '../../core/errors.ts'
import {
  type EventHead,
  type EventRef,
  emitAtMsOf,
  FIRST_KEY,
  isSamePlace,
  LAST_KEY,
  type ScheduledEvent,
} from '../../core/event.ts'
import { inPieces } from '../../core/event-size.ts'
import type { Publication } from '../../core/publication.ts'
import type { PlannedEvent } from '../../core/segment.ts'
import type { Slot } from '../../core/slot.ts'
import { announcementsOf, keysOfAnnouncement } from './announcements.ts'
import { aliasesIn, countAll, getAll, putInTime, putNewInTime, queryPages, range } from './bulk.ts'
import { eventItem, type Item, keysOf, PREFIX, wholeEventItem } from './items.ts'
import { apartOf, payloadsOf, refOfPayload, withPayloads } from './payloads.ts'
import { readEach, readItem } from './reading.ts'
import { expiresAt } from './retention.ts'
import { clientTo, ifConditionHolds, type ReadableTable, type Table } from './table.ts'

/** What an event is read as that comes without its payload. */
const HEAD = Object.keys(eventItem.shape)
  .filter((name) => name !== 'payload')
  .map((name) => `#${name}`)
  .join(', ')

/** Events of the first page for those who may need no more. */
const FEW = 100

/** Events as they are parked in their slots. */
export function eventReads(table: ReadableTable) {
  const allOf = (slot: Slot) => range(slot, { prefix: PREFIX.event, from: FIRST_KEY, to: LAST_KEY })
  return {
    /** Those of the events that are there and can be read, whole. */
    async find(refs: readonly EventRef[]): Promise<ScheduledEvent[]> {
      return wholeEvents(table, await getAll(table, 'read events', keysOf('event', refs)))
    },

    /** The same without their payloads, at little cost. */
    async findHeads(refs: readonly EventRef[]): Promise<EventHead[]> {
      return readEach(table, await getAll(table, 'read events', keysOf('event', refs)), toHead)
    },

    /** Those of the events that are there, whether they can be read or not. */
    async present(refs: readonly EventRef[]): Promise<EventRef[]> {
      return (await getAll(table, 'look for events', keysOf('event', refs))).map(refOf)
    },

    /**
     * Pages of the slot's events from key `from` (inclusive) to `to` (exclusive), in key order, whole, that can be read. A
     * page holds a few MB of payloads at most.
     */
    async *eventsBetween(slot: Slot, from: string, to: string): AsyncGenerator<ScheduledEvent[]> {
      for await (const page of queryPages(table, 'read events', range(slot, { prefix: PREFIX.event, from, to })))
        for (const piece of inPieces(
          page.filter((item) => eventKeyOf(item) < to),
          ({ size }) => Number(size) || 0,
        ))
          yield wholeEvents(table, piece)
    },

    /** Pages of the keys of the slot's events from `from` (inclusive) to `to` (exclusive), in order. */
    async *keysBetween(slot: Slot, from: string, to: string): AsyncGenerator<string[]> {
      const query = { ...range(slot, { prefix: PREFIX.event, from, to }), ProjectionExpression: '#sk' }
      for await (const page of queryPages(table, 'read keys of events', query))
        yield page.map(eventKeyOf).filter((key) => key < to)
    },

    /** Pages of the slot's events from `from` (inclusive) to `to` (exclusive), in key order, without payloads. The first page is small. */
    async *headsBetween(slot: Slot, from: string, to: string): AsyncGenerator<EventHead[]> {
      const query = { ...range(slot, { prefix: PREFIX.event, from, to }), ProjectionExpression: HEAD, Limit: FEW }
      for await (const page of queryPages(table, 'read events', query))
        yield readEach(
          table,
          page.filter((item) => eventKeyOf(item) < to),
          toHead,
        )
    },

    /** Pages of what planning needs to know of the slot's events, in key order; those of the express lane left out. */
    async *plannedEvents(slot: Slot): AsyncGenerator<PlannedEvent[]> {
      const query = { ...allOf(slot), ProjectionExpression: '#sk, #lane, #size' }
      for await (const page of queryPages(table, 'read what is planned', query))
        yield page
          .filter((item) => item.lane !== 'express')
          .map((item) => ({ key: eventKeyOf(item), size: Number(item.size) || 0 }))
    },

    /** How many events are parked in the slot. Costs as much as reading their keys, but none is handed over. */
    async countEvents(slot: Slot): Promise<number> {
      return countAll(table, 'count events', allOf(slot))
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
  const toItem = ({ slot, key, payload, askedAgain, ...event }: ScheduledEvent): Item => {
    const apart = apartOf(payload)
    return {
      ...event,
      ...(askedAgain && { askedAgain: orderOf(askedAgain) }),
      pk: slot,
      sk: PREFIX.event + key,
      ...(apart === undefined ? { payload } : { apart }),
      size: payload.length,
      expiresAt: expiresAt(event.emitAtMs, table),
    }
  }
  /** Before the events: however their writes end, none stands without its payload. */
  const parkPayloads = async (parked: readonly ScheduledEvent[]) => {
    const { left, why } = await putInTime(table, 'park payloads', payloadsOf(table, parked))
    const withheld = left.map(refOfPayload)
    const isWithheld = (event: EventRef) => withheld.some((ref) => isSamePlace(ref, event))
    return { withheld, ready: parked.filter((event) => !isWithheld(event)), why }
  }
  return {
    /**
     * Writes events into their slots, and announces those of the lane `soon`. Harmless to repeat.
     * @throws SchedulerError whose `unwritten` names those that were not written, or not announced, in time
     */
    async park(parked: readonly ScheduledEvent[]): Promise<void> {
      const { ready, withheld, why: whyWithheld } = await parkPayloads(parked)
      const items = [...ready.map(toItem), ...announcementsOf(table, ready)]
      const { left, why = whyWithheld } = await putInTime(table, 'park events', items)
      const unwritten = [...withheld, ...left.flatMap(eventsOf)]
      if (why) throw new SchedulerError(why.code, why.message, { cause: why, unwritten })
    },

    /**
     * The same where another may stand already: it stays.
     * @returns those of the events in whose places there are others, and those that were not written in time, and why
     */
    async parkFirst(parked: readonly ScheduledEvent[]): Promise<ParkedFirst> {
      const { ready, withheld, why: whyWithheld } = await parkPayloads(parked)
      const [events, announced] = await Promise.all([
        putNewInTime(table, 'park events', ready.map(toItem)),
        putInTime(table, 'announce events', announcementsOf(table, ready)),
      ])
      const unwritten = [...withheld, ...[...events.left, ...announced.left].flatMap(eventsOf)]
      return { taken: events.taken.map(refOf), unwritten, why: whyWithheld ?? events.why ?? announced.why }
    },

    /** Notes with an event that it was asked for again, unless a later publish has been noted. */
    async askAgain({ slot, key }: EventRef, publication: Publication): Promise<void> {
      const UpdateExpression = 'SET #askedAgain = :order'
      const ConditionExpression = 'attribute_not_exists(#askedAgain) OR #askedAgain < :order'
      const update = new UpdateCommand({
        TableName: table.tableName,
        Key: { pk: slot, sk: PREFIX.event + key },
        UpdateExpression,
        ConditionExpression,
        ExpressionAttributeNames: aliasesIn(UpdateExpression, ConditionExpression),
        ExpressionAttributeValues: { ':order': orderOf(publication) },
      })
      await ifConditionHolds(clientTo(`note that event ${key} is asked for again`, table).send(update))
    },
  }
}

/** What came of writing events where others may stand. */
export interface ParkedFirst {
  taken: EventRef[]
  unwritten: EventRef[]
  why: SchedulerError | undefined
}

export function isEvent(item: Item): boolean {
  return String(item.sk).startsWith(PREFIX.event)
}

/** Events with their payloads, in the same order; without those that cannot be read or whose payload is not there. */
export async function wholeEvents(table: ReadableTable, items: readonly Item[]): Promise<ScheduledEvent[]> {
  return readEach(table, await withPayloads(table, items), toEvent)
}

/** @param item with its payload, wherever it stood */
export function toEvent(item: Item): ScheduledEvent {
  const whole = readItem(wholeEventItem, item)
  const { size: _size, ...event } = headOf(whole)
  return { ...event, payload: whole.payload }
}

export function toHead(item: Item): EventHead {
  return headOf(readItem(eventItem, item))
}

type ReadEvent = ReturnType<typeof eventItem.parse>

function headOf({
  pk,
  sk,
  payload: _payload,
  apart: _apart,
  expiresAt: _,
  askedAgain,
  ...event
}: ReadEvent): EventHead {
  const asked = askedAgain === undefined ? {} : { askedAgain: publicationAt(askedAgain) }
  const key = eventKeyOf({ sk })
  // It stands where it is to be emitted: were it told otherwise, who reads in the order of the keys would lose its way.
  return { ...event, ...asked, slot: pk, key, emitAtMs: emitAtMsOf(key) }
}

/** The events that an item is about: an event itself, or an announcement of several. */
function eventsOf(item: Item): EventRef[] {
  const slot = String(item.pk)
  return isEvent(item) ? [refOf(item)] : keysOfAnnouncement(item).map((key) => ({ slot, key }))
}

export function eventKeyOf({ sk }: Item): string {
  return String(sk).slice(PREFIX.event.length)
}

/** Where an event stands, by its item. */
export function refOf(item: Item): EventRef {
  return { slot: String(item.pk), key: eventKeyOf(item) }
}
