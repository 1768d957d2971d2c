import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { type Slot, slotEndMs } from '../../core/slot.ts'
import { ownerItem, ownerKey } from './items.ts'
import { readItem } from './reading.ts'
import { expiresAt } from './retention.ts'
import { clientTo, type ReadableTable, type Table } from './table.ts'

/** Who owns the segments of a slot: the last who took them. */
export function ownerReads(table: ReadableTable) {
  return {
    /** The incarnation of a segment's owner, strongly consistent; 0 while it has none. */
    async incarnationOf(slot: Slot, segment: number): Promise<number> {
      const get = new GetCommand({ TableName: table.tableName, Key: ownerKey(slot, segment), ConsistentRead: true })
      const { Item } = await clientTo(`read the owner of segment ${segment} of slot ${slot}`, table).send(get)
      return Item ? readItem(ownerItem, Item).incarnation : 0
    },
  }
}

export function ownerWrites(table: Table) {
  return {
    /**
     * Takes a segment over from whoever owns it, who will notice.
     * @returns the incarnation of the new owner, from 1; a request that is repeated counts twice, which is harmless
     */
    async takeSegment(slot: Slot, segment: number): Promise<number> {
      const update = new UpdateCommand({
        TableName: table.tableName,
        Key: ownerKey(slot, segment),
        UpdateExpression: 'SET #expiresAt = :ttl ADD #incarnation :one',
        ExpressionAttributeNames: { '#expiresAt': 'expiresAt', '#incarnation': 'incarnation' },
        ExpressionAttributeValues: { ':one': 1, ':ttl': expiresAt(slotEndMs(slot), table) },
        ReturnValues: 'ALL_NEW',
      })
      const { Attributes = {} } = await clientTo(`take segment ${segment} of slot ${slot}`, table).send(update)
      return readItem(ownerItem, Attributes).incarnation
    },
  }
}
