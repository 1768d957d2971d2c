import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Watermark } from '../../core/watermark.ts'
import { aliasesIn } from './bulk.ts'
import { type Item, WATERMARK, watermarkItem } from './items.ts'
import { readItem } from './reading.ts'
import { clientTo, type ReadableTable } from './table.ts'

/** The loader's own record. */
export function watermarkReads(table: ReadableTable) {
  return {
    /** Where the loader stands; undefined before the first event. */
    async watermark(): Promise<Watermark | undefined> {
      const get = new GetCommand({ TableName: table.tableName, Key: WATERMARK, ConsistentRead: true })
      const { Item } = await clientTo('read the watermark', table).send(get)
      if (!Item) return undefined
      const { pk: _pk, sk: _sk, ...watermark } = readItem(watermarkItem, Item)
      return watermark
    },
  }
}

export function watermarkWrites(table: ReadableTable) {
  const update = async (UpdateExpression: string, values: Item): Promise<void> => {
    const command = new UpdateCommand({
      TableName: table.tableName,
      Key: WATERMARK,
      UpdateExpression,
      ExpressionAttributeNames: aliasesIn(UpdateExpression),
      ExpressionAttributeValues: values,
    })
    await clientTo('change the watermark', table).send(command)
  }
  return {
    /** Sets the watermark to a minute, unless there is one: nothing was parked before. */
    async beginWatermark(minuteMs: number): Promise<void> {
      const fields = ['sweptUntilMs', 'auditedUntilMs'].map((name) => `#${name} = if_not_exists(#${name}, :minute)`)
      await update(`SET ${fields.join(', ')}`, { ':minute': minuteMs })
    },

    /** Moves the watermark. A loader that ran longer than a minute must not move it back, which would only cost reads. */
    async saveWatermark({ sweptUntilMs, auditedUntilMs }: Watermark): Promise<void> {
      await update('SET #sweptUntilMs = :swept, #auditedUntilMs = :audited', {
        ':swept': sweptUntilMs,
        ':audited': auditedUntilMs,
      })
    },
  }
}
