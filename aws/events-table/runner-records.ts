import { GetCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import { emptyRunnerRecord, type RunnerRecord, type Settling } from '../../core/runner-record.ts'
import type { Segment } from '../../core/segment.ts'
import type { Settlement } from '../../core/settlement.ts'
import { type Slot, slotEndMs } from '../../core/slot.ts'
import { aliasesIn } from './bulk.ts'
import { type Item, runnerItem, runnerKey } from './items.ts'
import { readItem } from './reading.ts'
import { expiresAt } from './retention.ts'
import { clientTo, ifConditionHolds, type ReadableTable, type Table } from './table.ts'

/** One record per slot: its segments, its runners, and whether it is settled. */
export function runnerRecordReads(table: ReadableTable) {
  return {
    /** The slot's record, strongly consistent; an empty one where there is none yet. */
    async runnerRecord(slot: Slot): Promise<RunnerRecord> {
      const get = new GetCommand({ TableName: table.tableName, Key: runnerKey(slot), ConsistentRead: true })
      const { Item } = await clientTo(`read the record of slot ${slot}`, table).send(get)
      return toRecord(Item)
    },
  }
}

export function runnerRecordWrites(table: Table) {
  const { runnerRecord } = runnerRecordReads(table)
  const update = async (slot: Slot, change: Change): Promise<RunnerRecord> => {
    const { Attributes } = await clientTo(`change the record of slot ${slot}`, table).send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: runnerKey(slot),
        ReturnValues: 'ALL_NEW',
        ...change,
        ExpressionAttributeNames: aliasesIn(change.UpdateExpression, change.ConditionExpression ?? ''),
        ExpressionAttributeValues: { ...change.ExpressionAttributeValues, ':ttl': expiresAt(slotEndMs(slot), table) },
      }),
    )
    return toRecord(Attributes)
  }
  return {
    /** Fixes the slot's segments, once and for all. @returns the segments that hold: the first ones saved */
    async saveSegments(slot: Slot, segments: readonly Segment[]): Promise<Segment[]> {
      const saving = update(slot, {
        UpdateExpression: 'SET #segments = :segments, #expiresAt = :ttl',
        ConditionExpression: 'attribute_not_exists(#segments)',
        ExpressionAttributeValues: { ':segments': segments },
      })
      const saved = await ifConditionHolds(saving)
      return saved ? [...segments] : ((await runnerRecord(slot)).segments ?? [])
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
    async unsettle(slot: Slot): Promise<RunnerRecord> {
      return update(slot, {
        UpdateExpression: 'SET #expiresAt = :ttl ADD #version :one REMOVE #settledAtMs',
        ExpressionAttributeValues: { ':one': 1 },
      })
    },

    /** Records how far settling has come, if the slot was not unsettled since it began. @returns whether it is recorded */
    async saveSettling(slot: Slot, settling: Settling): Promise<boolean> {
      const saving = update(slot, {
        UpdateExpression: 'SET #settling = :settling, #expiresAt = :ttl',
        ...ifVersion(settling.version, { ':settling': settling }),
      })
      return ifConditionHolds(saving)
    },

    /** Records that the slot is settled, if it was not unsettled since `version` was read. @returns whether it is recorded */
    async settle(slot: Slot, version: number, settlement: Settlement): Promise<boolean> {
      const settling = update(slot, {
        UpdateExpression: 'SET #settledAtMs = :now, #settlement = :settlement, #expiresAt = :ttl REMOVE #settling',
        ...ifVersion(version, { ':now': table.clock.now(), ':settlement': settlement }),
      })
      return ifConditionHolds(settling)
    },
  }
}

type Change = { UpdateExpression: string } & Pick<
  UpdateCommandInput,
  'ConditionExpression' | 'ExpressionAttributeValues'
>

/** The condition that the record has a version, and has not been unsettled since. */
function ifVersion(version: number, values: Item): Omit<Change, 'UpdateExpression'> {
  return version === 0
    ? { ConditionExpression: 'attribute_not_exists(#version)', ExpressionAttributeValues: values }
    : { ConditionExpression: '#version = :version', ExpressionAttributeValues: { ...values, ':version': version } }
}

function toRecord(item: Item | undefined): RunnerRecord {
  if (!item) return emptyRunnerRecord()
  const { pk: _pk, sk: _sk, expiresAt: _expiresAt, ...record } = readItem(runnerItem, item)
  return record
}
