import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { UnsettledSlot } from '../../core/unsettled-slot.ts'
import { aliasesIn, queryPages } from './bulk.ts'
import { type Item, PREFIX, unsettledItem, unsettledKey, WATERMARK } from './items.ts'
import { readItem } from './reading.ts'
import { clientTo, ifConditionHolds, type ReadableTable } from './table.ts'

/** The slots that ended and are not settled, as a set: none of them stands in the way of another. */
export function unsettledSlotReads(table: ReadableTable) {
  return {
    /** Pages of all slots in the set, in their order. */
    async *unsettledSlots(): AsyncGenerator<UnsettledSlot[]> {
      const query = {
        KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
        ExpressionAttributeValues: { ':pk': WATERMARK.pk, ':prefix': PREFIX.unsettled },
      }
      for await (const page of queryPages(table, 'read unsettled slots', query))
        yield page
          .map((item) => readItem(unsettledItem, item))
          .filter(({ overAtMs }) => overAtMs === undefined)
          .map(({ sk, sinceMs, tries, againAtMs }) => ({
            slot: sk.slice(PREFIX.unsettled.length),
            sinceMs,
            tries,
            againAtMs,
          }))
    },
  }
}

export function unsettledSlotWrites(table: ReadableTable) {
  const put = async (
    { slot, ...facts }: UnsettledSlot,
    { condition, values }: { condition?: string; values?: Item } = {},
  ) => {
    const command = new PutCommand({
      TableName: table.tableName,
      Item: { ...unsettledKey(slot), ...facts },
      ConditionExpression: condition,
      ExpressionAttributeNames: condition ? aliasesIn(condition) : undefined,
      ExpressionAttributeValues: values,
    })
    await clientTo(`write whether slot ${slot} is settled`, table).send(command)
  }
  return {
    /** Adds a slot to the set, if it is not in it. @returns whether it was added */
    async addUnsettled(unsettled: UnsettledSlot): Promise<boolean> {
      return ifConditionHolds(
        put(unsettled, { condition: 'attribute_not_exists(#sk) OR #overAtMs > :never', values: { ':never': 0 } }),
      )
    },

    /** Adds a slot to the set, or writes what has changed of it. */
    saveUnsettled: (unsettled: UnsettledSlot): Promise<void> => put(unsettled),

    /**
     * Takes a slot out of the set, because it is settled or holds nothing; unless what is known of it has changed since,
     * because somebody has unsettled it again.
     */
    async removeUnsettled(unsettled: UnsettledSlot): Promise<void> {
      const overAtMs = table.clock.now()
      const over = { ...unsettled, overAtMs, expiresAt: Math.ceil(overAtMs / 1_000) }
      const unchanged = { condition: '#againAtMs = :againAtMs', values: { ':againAtMs': unsettled.againAtMs } }
      await ifConditionHolds(put(over, unchanged))
    },
  }
}
