import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { DividedMinute } from '../../core/divided-minute.ts'
import { MAX_SHARDS, minuteName, slotStartMs } from '../../core/slot.ts'
import { aliasesIn, queryPages, range } from './bulk.ts'
import { type Item, minuteItem, minuteKey } from './items.ts'
import { readItem, tryToRead } from './reading.ts'
import { clientTo, type ReadableTable } from './table.ts'

/** The minutes that hold events are listed by the hour. */
const HOUR_MS = 3_600_000

/** Into how many shards each minute is divided: decided once, by whoever first writes into it. */
export function minuteReads(table: ReadableTable) {
  return {
    /** The shards of the minute that holds `atMs`; undefined where nothing was ever written in it. */
    async shardsAt(atMs: number): Promise<number | undefined> {
      const get = new GetCommand({ TableName: table.tableName, Key: minuteKey(atMs), ConsistentRead: true })
      const { Item } = await clientTo(`read the shards of minute ${minuteName(atMs)}`, table).send(get)
      return Item && readItem(minuteItem, Item).shards
    },

    /**
     * Pages of the minutes that begin from `fromMs` (inclusive) to `toMs` (exclusive), epoch ms, in order. Of one that cannot
     * be read all shards are told that there can be, so that none is left out.
     */
    async *minutesBetween(fromMs: number, toMs: number): AsyncGenerator<DividedMinute[]> {
      if (fromMs >= toMs) return
      for (let hourMs = Math.floor(fromMs / HOUR_MS) * HOUR_MS; hourMs < toMs; hourMs += HOUR_MS) {
        const from = minuteKey(Math.max(fromMs, hourMs)).sk
        const last = minuteKey(Math.min(toMs, hourMs + HOUR_MS) - 1)
        for await (const page of queryPages(table, 'read minutes', range(last.pk, { prefix: '', from, to: last.sk })))
          yield page.map(dividedIn(table))
      }
    },
  }
}

function dividedIn({ unreadable }: ReadableTable) {
  return (item: Item): DividedMinute => {
    const minuteMs = slotStartMs(String(item.sk))
    const it = tryToRead(item, (one) => readItem(minuteItem, one))
    if (it.ok) return { minuteMs, shards: it.value.shards }
    unreadable?.(it.unreadable)
    return { minuteMs, shards: MAX_SHARDS }
  }
}

export function minuteWrites(table: ReadableTable) {
  return {
    /** Divides the minute that holds `atMs` into shards, once and for all. @returns the number that holds: the first one */
    async divideMinute(atMs: number, shards: number): Promise<number> {
      const UpdateExpression = 'SET #shards = if_not_exists(#shards, :shards)'
      const update = new UpdateCommand({
        TableName: table.tableName,
        Key: minuteKey(atMs),
        UpdateExpression,
        ExpressionAttributeNames: aliasesIn(UpdateExpression),
        ExpressionAttributeValues: { ':shards': shards },
        ReturnValues: 'ALL_NEW',
      })
      const { Attributes } = await clientTo(`divide minute ${minuteName(atMs)}`, table).send(update)
      return readItem(minuteItem, Attributes ?? {}).shards
    },
  }
}
