import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Checkpoint, CheckpointWriter } from '../../core/checkpoint.ts'
import { FIRST_KEY, keyAt, LAST_KEY } from '../../core/event.ts'
import { type Slot, slotEndMs } from '../../core/slot.ts'
import { queryPages, range } from './bulk.ts'
import { asLines, checkpointItem, type Item, PREFIX } from './items.ts'
import { readItem, tryToRead } from './reading.ts'
import { expiresAt } from './retention.ts'
import { clientTo, type ReadableTable, type Table } from './table.ts'
import { uniqueKeyAt } from './unique-key.ts'

/** Checkpoints of the first page for those who may need no more: what is due in one millisecond is found in these. */
const FEW = 5

/** What emitters have published: a log of batches, one record a second and writer. */
export function checkpointReads(table: ReadableTable) {
  const query = (slot: Slot, prefix: string) => ({
    KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
    ExpressionAttributeValues: { ':pk': slot, ':prefix': prefix },
  })
  return {
    /** Pages of a writer's checkpoints. One that cannot be read names nothing, and says until when there is doubt. */
    async *checkpoints(slot: Slot, writer: CheckpointWriter): AsyncGenerator<Checkpoint[]> {
      for await (const page of queryPages(table, 'read checkpoints', query(slot, prefixOf(writer))))
        yield page.map(checkpointIn(table))
    },

    /** The same of those that were written from `fromMs` on, epoch ms. The first page is small. */
    async *checkpointsSince(slot: Slot, writer: CheckpointWriter, fromMs: number): AsyncGenerator<Checkpoint[]> {
      const written = range(slot, { prefix: prefixOf(writer), from: keyAt(Math.max(0, fromMs)), to: LAST_KEY })
      for await (const page of queryPages(table, 'read checkpoints', { ...written, Limit: FEW }))
        yield page.map(checkpointIn(table))
    },
  }
}

export function checkpointWrites(table: Table) {
  return {
    /** Records what a writer has published since its last checkpoint. */
    async checkpoint(slot: Slot, writer: CheckpointWriter, { delivered, lateMs, upTo }: Checkpoint): Promise<void> {
      const atMs = table.clock.now()
      const item = {
        pk: slot,
        sk: prefixOf(writer) + uniqueKeyAt(atMs, table.random),
        delivered: asLines(delivered),
        lateMs: asLines(lateMs),
        upTo,
        atMs,
        expiresAt: expiresAt(slotEndMs(slot), table),
      }
      const put = new PutCommand({ TableName: table.tableName, Item: item })
      await clientTo(`write a checkpoint of slot ${slot}`, table).send(put)
    },
  }
}

function prefixOf(writer: CheckpointWriter): string {
  return `${PREFIX.checkpoint}${String(writer).padStart(2, '0')}#`
}

function checkpointIn({ unreadable }: ReadableTable) {
  return (item: Item): Checkpoint => {
    const it = tryToRead(item, toCheckpoint)
    if (it.ok) return it.value
    unreadable?.(it.unreadable)
    // Its key has the time at which it was written, and is the one thing that no version changes.
    const doubtUntilMs = Number(it.unreadable.sk.split('#')[2])
    return { delivered: [], upTo: FIRST_KEY, lateMs: [], doubtUntilMs }
  }
}

function toCheckpoint(item: Item): Checkpoint {
  const { delivered, lateMs, upTo } = readItem(checkpointItem, item)
  return { delivered, lateMs, upTo }
}
