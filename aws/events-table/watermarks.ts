import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { aliasesIn } from './bulk.ts'
import type { Table } from './table.ts'

const KEY = { pk: 'loader', sk: 'watermark' }

const watermarkItem = z.object({
  /** Minutes before this instant have been swept, epoch ms. */
  sweptUntilMs: z.number(),
  /** Minutes before this instant are settled or empty, epoch ms. */
  auditedUntilMs: z.number(),
  /** The most shards the stack ever had: slots of shards since given up may still hold events. */
  shards: z.number(),
})

/** How far the loader has come. */
export type Watermark = z.infer<typeof watermarkItem>

/** The loader's own record. */
export function watermarks({ client, tableName }: Table) {
  return {
    /** Where the loader stands; undefined before the first event. */
    async watermark(): Promise<Watermark | undefined> {
      const answer = await client.send(new GetCommand({ TableName: tableName, Key: KEY, ConsistentRead: true }))
      return answer.Item && watermarkItem.parse(answer.Item)
    },

    /** Sets the watermark to a minute, unless there is one: nothing was parked before. */
    async beginWatermark(minuteMs: number): Promise<void> {
      const update = ['sweptUntilMs', 'auditedUntilMs'].map((name) => `#${name} = if_not_exists(#${name}, :minute)`)
      const UpdateExpression = `SET ${update.join(', ')}, #shards = if_not_exists(#shards, :none)`
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: KEY,
          UpdateExpression,
          ExpressionAttributeNames: aliasesIn(UpdateExpression),
          ExpressionAttributeValues: { ':minute': minuteMs, ':none': 0 },
        }),
      )
    },

    /** Moves the watermark. A loader that ran longer than a minute must not move it back, which would only cost reads. */
    async saveWatermark({ sweptUntilMs, auditedUntilMs, shards }: Watermark): Promise<void> {
      const update = 'SET #sweptUntilMs = :swept, #auditedUntilMs = :audited, #shards = :shards'
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: KEY,
          UpdateExpression: update,
          ExpressionAttributeNames: aliasesIn(update),
          ExpressionAttributeValues: { ':swept': sweptUntilMs, ':audited': auditedUntilMs, ':shards': shards },
        }),
      )
    },
  }
}
