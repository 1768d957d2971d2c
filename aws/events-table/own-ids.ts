import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Clearing } from '../../core/clearing.ts'
import { type EventRef, emitAtMsOf, eventKey, keyAt, LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import { aliasesIn, getAll, putAll, queryPages, range } from './bulk.ts'
import { clearingItem, type Item, type Key, PREFIX, placeItem } from './items.ts'
import { readEach, readItem } from './reading.ts'
import { expiresAt } from './retention.ts'
import { clientTo, ifConditionHolds, type ReadableTable, type Table } from './table.ts'

/** Under what an own id stands. */
export function ownIdPk(id: string): string {
  return `id#${id}`
}

/** Where it stands that all of an id is cancelled. */
export function clearingKey(id: string): Key {
  return { pk: ownIdPk(id), sk: CLEARING }
}

const CLEARING = 'clearing'

/** Where an event of an own id was placed first, by the publish that asked for it. */
export interface IndexedPlace {
  ref: EventRef
  /** When that was published, epoch ms. */
  publishedAtMs: number
}

/** What stands under the ids that clients have given: where their events are, and what was cancelled with all of an id. */
export function ownIdReads(table: ReadableTable) {
  return {
    /** Pages of the places of an id, in the order in which they were published, from `sinceMs`, epoch ms, on. One may come twice. */
    async *placesOfId(id: string, sinceMs = 0): AsyncGenerator<IndexedPlace[]> {
      const query = range(ownIdPk(id), { prefix: PREFIX.place, from: keyAt(sinceMs), to: LAST_KEY })
      for await (const page of queryPages(table, 'read the places of an id', query))
        yield readEach(table, page, (item) => toPlace(item, id))
    },

    /** The clearings of those of the ids that have one, by id. */
    async clearingsOf(ids: readonly string[]): Promise<Map<string, Clearing>> {
      return clearingsIn(await getAll(table, 'read clearings', [...new Set(ids)].map(clearingKey)))
    },
  }
}

/** A change of one item under an id, made where its condition holds. */
export interface ChangeUnderId {
  UpdateExpression: string
  ConditionExpression: string
  values: Item
}

/** @param purpose completes “could not …” @returns the item as it is then; undefined if the condition did not hold */
export async function changeUnderId(
  table: Table,
  purpose: string,
  Key: Key,
  change: ChangeUnderId,
): Promise<Item | undefined> {
  const { values, ...expressions } = change
  const command = new UpdateCommand({
    TableName: table.tableName,
    Key,
    ...expressions,
    ExpressionAttributeNames: aliasesIn(expressions.UpdateExpression, expressions.ConditionExpression),
    ExpressionAttributeValues: values,
    ReturnValues: 'ALL_NEW',
  })
  let item: Item | undefined
  const send = async () => {
    item = (await clientTo(purpose, table).send(command)).Attributes
  }
  return (await ifConditionHolds(send())) ? item : undefined
}

export function ownIdWrites(table: Table) {
  const update = (id: string, change: ChangeUnderId) => changeUnderId(table, `clear id ${id}`, clearingKey(id), change)
  return {
    /** Notes under the ids of events where they are placed. Harmless to repeat. */
    async index(events: readonly ScheduledEvent[]): Promise<void> {
      await putAll(
        table,
        'index own ids',
        events.map((event) => toItem(event, table)),
      )
    },

    /** Notes that all of an id is cancelled that comes before `order`; what was noted for later stays. */
    async clear(id: string, order: string): Promise<void> {
      await update(id, {
        UpdateExpression: 'SET #order = :order, #doneMs = if_not_exists(#doneMs, :zero), #expiresAt = :ttl',
        ConditionExpression: 'attribute_not_exists(#order) OR #order < :order',
        values: { ':order': order, ':zero': 0, ':ttl': expiresAt(0, table) },
      })
    },

    /**
     * Notes that of an id nothing is pending any more that was published before `doneMs`, and when the last of that went
     * out; what was noted for later stays.
     */
    async saveCleared(id: string, { doneMs, wentOutMs }: Pick<Clearing, 'doneMs' | 'wentOutMs'>): Promise<void> {
      await update(id, {
        UpdateExpression: 'SET #doneMs = :doneMs, #wentOutMs = :wentOutMs, #expiresAt = :ttl',
        ConditionExpression: '#doneMs < :doneMs',
        values: { ':doneMs': doneMs, ':wentOutMs': wentOutMs, ':ttl': expiresAt(0, table) },
      })
    },

    /** Notes for what a clearing came too late, unless another has come after it. */
    async saveLeft(id: string, left: NonNullable<Clearing['left']>): Promise<void> {
      await update(id, {
        UpdateExpression: 'SET #left = :left, #expiresAt = :ttl',
        ConditionExpression: '#order = :order',
        values: { ':left': left, ':order': left.order, ':ttl': expiresAt(0, table) },
      })
    },
  }
}

function toItem({ id, slot, key, dueAtMs, publication, acceptedAtMs = 0 }: ScheduledEvent, table: Table): Item {
  const publishedAtMs = publication?.atMs ?? acceptedAtMs
  const sk = PREFIX.place + keyAt(publishedAtMs) + keyAt(dueAtMs)
  return { pk: ownIdPk(id), sk, slot, expiresAt: expiresAt(emitAtMsOf(key), table) }
}

function toPlace(item: Item, id: string): IndexedPlace {
  const { sk, slot } = readItem(placeItem, item)
  const [, publishedAtMs, dueAtMs] = sk.split('#').map(Number)
  return { ref: { slot, key: eventKey(dueAtMs as number, id, 1) }, publishedAtMs: publishedAtMs as number }
}

/** The clearings that items are, by id. */
export function clearingsIn(items: readonly Item[]): Map<string, Clearing> {
  return new Map(items.map((item) => [String(item.pk).slice(ownIdPk('').length), toClearing(item)]))
}

/** Whether an item is a clearing. */
export function isClearing({ sk }: Item): boolean {
  return sk === CLEARING
}

function toClearing(item: Item): Clearing {
  const { order, doneMs, wentOutMs, left } = readItem(clearingItem, item)
  return { order, doneMs, wentOutMs, ...(left && { left }) }
}
