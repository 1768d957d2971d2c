import { GetCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { type Segment, segmentSchema } from '../../core/segment.ts'
import { type Settlement, settlementSchema } from '../../core/settlement.ts'
import { type Slot, slotEndMs } from '../../core/slot.ts'
import { aliasesIn } from './bulk.ts'
import { expiresAt } from './retention.ts'
import type { Table } from './table.ts'

const recordItem = z.object({
  segments: z.array(segmentSchema).optional(),
  runs: z.number().default(1),
  version: z.number().default(0),
  settledAtMs: z.number().optional(),
  settlement: settlementSchema.optional(),
})

/** How far the delivery of a slot has come. */
export type RunnerRecord = z.infer<typeof recordItem>

/** One record per slot: its segments, its runners, and whether it is settled. */
export function runnerRecords(table: Table) {
  const key = (slot: Slot) => ({ pk: slot, sk: 'runner' })
  const update = async (
    slot: Slot,
    change: Pick<UpdateCommandInput, 'UpdateExpression'> & Partial<UpdateCommandInput>,
  ) => {
    const ttl = expiresAt(slotEndMs(slot), table.clock.now(), table.retentionDays)
    const answer = await table.client.send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: key(slot),
        ReturnValues: 'ALL_NEW',
        ...change,
        ExpressionAttributeNames: aliasesIn(change.UpdateExpression ?? '', change.ConditionExpression ?? ''),
        ExpressionAttributeValues: { ...change.ExpressionAttributeValues, ':ttl': ttl },
      }),
    )
    return recordItem.parse(answer.Attributes ?? {})
  }
  const updateIf = async (slot: Slot, change: Parameters<typeof update>[1]) => {
    try {
      await update(slot, change)
      return true
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false
      throw error
    }
  }
  const read = async (slot: Slot): Promise<RunnerRecord> => {
    const answer = await table.client.send(
      new GetCommand({ TableName: table.tableName, Key: key(slot), ConsistentRead: true }),
    )
    return recordItem.parse(answer.Item ?? {})
  }
  return {
    /** The slot's record, strongly consistent; an empty one where there is none yet. */
    runnerRecord: read,

    /** Fixes the slot's segments, once and for all. @returns the segments that hold: the first ones saved */
    async saveSegments(slot: Slot, segments: readonly Segment[]): Promise<Segment[]> {
      const saved = await updateIf(slot, {
        UpdateExpression: 'SET #segments = :segments, #expiresAt = :ttl',
        ConditionExpression: 'attribute_not_exists(#segments)',
        ExpressionAttributeValues: { ':segments': segments },
      })
      return saved ? [...segments] : ((await read(slot)).segments ?? [])
    },

    /** Remembers that the slot's `run`-th runner was started, so that the next is looked for from there. */
    async saveRun(slot: Slot, run: number): Promise<void> {
      await update(slot, {
        UpdateExpression: 'SET #runs = :runs, #expiresAt = :ttl',
        ExpressionAttributeValues: { ':runs': run },
      })
    },

    /**
     * Takes back that the slot is settled, because an event was written so late that settling may have missed it.
     * A settler at work notices by the version.
     */
    unsettle(slot: Slot): Promise<RunnerRecord> {
      return update(slot, {
        UpdateExpression: 'SET #expiresAt = :ttl ADD #version :one REMOVE #settledAtMs',
        ExpressionAttributeValues: { ':one': 1 },
      })
    },

    /** Records that the slot is settled, if it was not unsettled since `version` was read. @returns whether it is recorded */
    settle(slot: Slot, version: number, settlement: Settlement): Promise<boolean> {
      return updateIf(slot, {
        UpdateExpression: 'SET #settledAtMs = :now, #settlement = :settlement, #expiresAt = :ttl',
        ConditionExpression: version === 0 ? 'attribute_not_exists(#version)' : '#version = :version',
        ExpressionAttributeValues: {
          ':now': table.clock.now(),
          ':settlement': settlement,
          ...(version === 0 ? {} : { ':version': version }),
        },
      })
    },
  }
}
