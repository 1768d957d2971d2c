import { createHash } from 'node:crypto'
import type { EventRef, ScheduledEvent } from '../../core/event.ts'
import { standsApart } from '../../core/event-size.ts'
import { getAll } from './bulk.ts'
import { type Item, type Key, PREFIX, payloadItem } from './items.ts'
import { readEach, readItem } from './reading.ts'
import { expiresAt } from './retention.ts'
import type { ReadableTable, Table } from './table.ts'

/** Where the content of an event stands that is large: its own hash, so that no other content ever takes its place. */
export function apartOf(payload: string): string | undefined {
  return standsApart(payload) ? createHash('sha256').update(payload).digest('base64url').slice(0, 22) : undefined
}

/** Items of the payloads that stand apart from their events. */
export function payloadsOf(table: Table, parked: readonly ScheduledEvent[]): Item[] {
  return parked.flatMap(({ slot, key, payload, emitAtMs }) => {
    const apart = apartOf(payload)
    if (apart === undefined) return []
    return [{ ...payloadKey(slot, key, apart), payload, expiresAt: expiresAt(emitAtMs, table) }]
  })
}

/** Where the payload of an event stands. */
export function payloadKey(slot: string, key: string, apart: string): Key {
  return { pk: slot, sk: `${PREFIX.payload}${key}#${apart}` }
}

/** The event whose payload an item is. */
export function refOfPayload({ pk, sk }: Item): EventRef {
  const place = String(sk).slice(PREFIX.payload.length)
  return { slot: String(pk), key: place.slice(0, place.lastIndexOf('#')) }
}

/**
 * Items of events with their payloads, in the same order. Those whose payload is not there are left out: they cannot be
 * delivered, and the settler tells of them.
 */
export async function withPayloads(table: ReadableTable, events: readonly Item[]): Promise<Item[]> {
  const keyOf = ({ pk, sk, apart }: Item) =>
    payloadKey(String(pk), String(sk).slice(PREFIX.event.length), String(apart))
  const keys = events.filter(({ apart }) => apart !== undefined).map(keyOf)
  const found = await getAll(table, 'read payloads', keys)
  const payloads = readEach(table, found, (item) => readItem(payloadItem, item))
  const payloadAt = new Map(payloads.map(({ pk, sk, payload }) => [`${pk} ${sk}`, payload]))
  return events.flatMap((item) => {
    if (item.apart === undefined) return [item]
    const { apart: _apart, ...event } = item
    const { pk, sk } = keyOf(item)
    const payload = payloadAt.get(`${pk} ${sk}`)
    return payload === undefined ? [] : [{ ...event, payload }]
  })
}
