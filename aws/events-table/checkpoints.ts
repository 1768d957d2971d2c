import { PutCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import type { Checkpoint, CheckpointWriter } from '../../core/checkpoint.ts'
import type { EventRef } from '../../core/event.ts'
import { latenessSchema } from '../../core/lateness.ts'
import { type Slot, slotEndMs } from '../../core/slot.ts'
import { type Item, queryPages } from './bulk.ts'
import { expiresAt } from './retention.ts'
import type { Table } from './table.ts'

const PREFIX = 'checkpoint#'

const checkpointItem = z.object({ delivered: z.array(z.string()), upTo: z.string(), lateness: latenessSchema })

/** What emitters have published: a log of batches, one record a second and writer. */
export function checkpoints(table: Table) {
  const query = (slot: Slot, prefix: string) => ({
    KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
    ExpressionAttributeValues: { ':pk': slot, ':prefix': prefix },
  })
  return {
    /** Records what a writer has published since its last checkpoint. */
    async checkpoint(slot: Slot, writer: CheckpointWriter, facts: Checkpoint): Promise<void> {
      const nowMs = table.clock.now()
      const unique = `${String(nowMs).padStart(15, '0')}#${table.random().toString(36).slice(2, 12)}`
      const item = {
        pk: slot,
        sk: `${prefixOf(writer)}${unique}`,
        ...facts,
        atMs: nowMs,
        expiresAt: expiresAt(slotEndMs(slot), nowMs, table.retentionDays),
      }
      await table.client.send(new PutCommand({ TableName: table.tableName, Item: item }))
    },

    /** Pages of a writer's checkpoints. */
    async *checkpoints(slot: Slot, writer: CheckpointWriter): AsyncGenerator<Checkpoint[]> {
      for await (const page of queryPages(table, query(slot, prefixOf(writer)))) yield page.map(toCheckpoint)
    },

    /** Whether some checkpoint of the slot names the event. Reads them all: for single questions only. */
    async isDelivered({ slot, key }: EventRef): Promise<boolean> {
      const all = query(slot, PREFIX)
      const filtered = {
        ...all,
        FilterExpression: 'contains(#delivered, :key)',
        ExpressionAttributeValues: { ...all.ExpressionAttributeValues, ':key': key },
      }
      for await (const page of queryPages(table, filtered)) if (page.length > 0) return true
      return false
    },
  }
}

function prefixOf(writer: CheckpointWriter): string {
  return `${PREFIX}${typeof writer === 'number' ? String(writer).padStart(2, '0') : writer}#`
}

function toCheckpoint(item: Item): Checkpoint {
  return checkpointItem.parse(item)
}
