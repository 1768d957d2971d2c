import { PutCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import type { EventRef } from '../../core/event.ts'
import { emitAtMsOf } from '../../core/event.ts'
import { OUTCOMES, type Outcome, type OutcomeKind } from '../../core/outcome.ts'
import type { Slot } from '../../core/slot.ts'
import { CLAIM_MS } from '../../core/timetable.ts'
import { aliasesIn, getAll, type Item, type Key, queryPages, range } from './bulk.ts'
import { expiresAt } from './retention.ts'
import type { Table } from './table.ts'

const PREFIX = 'outcome#'

const ref = z.object({ slot: z.string(), key: z.string() })
const outcomeItem = z.object({
  pk: z.string(),
  sk: z.string().startsWith(PREFIX),
  kind: z.enum(OUTCOMES),
  atMs: z.number(),
  by: z.string().optional(),
  attempts: z.number().optional(),
  reason: z.string().optional(),
  next: ref.optional(),
})

/** What happened to single events: exceptions only. */
export function outcomes(table: Table) {
  const put = async (outcome: Outcome, condition?: string, values?: Item): Promise<boolean> => {
    const names = condition && aliasesIn(condition)
    try {
      await table.client.send(
        new PutCommand({
          TableName: table.tableName,
          Item: toItem(outcome, table),
          ConditionExpression: condition,
          ExpressionAttributeNames: names || undefined,
          ExpressionAttributeValues: values,
        }),
      )
      return true
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false
      throw error
    }
  }
  return {
    /** Records an outcome, whatever stood there before. */
    async conclude(outcome: Outcome): Promise<void> {
      await put(outcome)
    },

    /** Records an outcome where there is none yet. @returns whether it was recorded */
    concludeFirst(outcome: Outcome): Promise<boolean> {
      return put(outcome, 'attribute_not_exists(#sk)')
    },

    /** Records an outcome in place of one of the given kinds. @returns whether it was recorded */
    concludeInstead(outcome: Outcome, kinds: readonly OutcomeKind[]): Promise<boolean> {
      const values = Object.fromEntries(kinds.map((kind, i) => [`:kind${i}`, kind]))
      return put(outcome, `#kind IN (${Object.keys(values).join(', ')})`, values)
    },

    /**
     * Takes the exclusive right to emit an event, for `CLAIM_MS`. One execution may claim the same event again.
     * @returns whether the claim is ours
     */
    claim({ slot, key }: EventRef, by: string): Promise<boolean> {
      const atMs = table.clock.now()
      return put(
        { slot, key, kind: 'claimed', atMs, by },
        'attribute_not_exists(#sk) OR (#kind = :claimed AND (#by = :by OR #atMs <= :lapsed))',
        { ':claimed': 'claimed', ':by': by, ':lapsed': atMs - CLAIM_MS },
      )
    },

    /** The outcomes of those of the events that have one. */
    async outcomesOf(refs: readonly EventRef[]): Promise<Outcome[]> {
      return (await getAll(table, outcomeKeys(refs))).map(toOutcome)
    },

    /** Pages of the slot's outcomes from key `from` to `to`, both inclusive. */
    async *outcomesBetween(slot: Slot, from: string, to: string): AsyncGenerator<Outcome[]> {
      for await (const page of queryPages(table, range(slot, PREFIX, from, to))) yield page.map(toOutcome)
    },
  }
}

function toItem({ slot, key, ...fact }: Outcome, { clock, retentionDays }: Table): Item {
  return { ...fact, pk: slot, sk: PREFIX + key, expiresAt: expiresAt(emitAtMsOf(key), clock.now(), retentionDays) }
}

export function outcomeKeys(refs: readonly EventRef[]): Key[] {
  return refs.map(({ slot, key }) => ({ pk: slot, sk: PREFIX + key }))
}

export function toOutcome(item: Item): Outcome {
  const { pk, sk, ...fact } = outcomeItem.parse(item)
  return { ...fact, slot: pk, key: sk.slice(PREFIX.length) }
}
