import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { type EventRef, emitAtMsOf } from '../../core/event.ts'
import type { Outcome } from '../../core/outcome.ts'
import type { Slot } from '../../core/slot.ts'
import { CLAIM_MS } from '../../core/timetable.ts'
import { aliasesIn, getAll, queryPages, range } from './bulk.ts'
import { type Item, keysOf, outcomeItem, PREFIX } from './items.ts'
import { readItem, tryToRead } from './reading.ts'
import { expiresAt } from './retention.ts'
import { clientTo, ifConditionHolds, type ReadableTable, type Table } from './table.ts'
import { uniqueKeyAt } from './unique-key.ts'

/** What happened to single events: exceptions only. */
export function outcomeReads(table: ReadableTable) {
  return {
    /** The outcomes of those of the events that have one. */
    async outcomesOf(refs: readonly EventRef[]): Promise<Outcome[]> {
      return (await getAll(table, 'read outcomes', keysOf('outcome', refs))).map(outcomeIn(table))
    },

    /** Pages of the slot's outcomes from key `from` to `to`, both inclusive. */
    async *outcomesBetween(slot: Slot, from: string, to: string): AsyncGenerator<Outcome[]> {
      for await (const page of queryPages(table, 'read outcomes', range(slot, { prefix: PREFIX.outcome, from, to })))
        yield page.map(outcomeIn(table))
    },
  }
}

export function outcomeWrites(table: Table) {
  /**
   * Writes an outcome where the condition holds, or where this very write stands: the SDK repeats one whose answer is lost.
   * @returns whether it has been written
   */
  const put = async (outcome: Outcome, condition: string, values?: Item): Promise<boolean> => {
    const write = uniqueKeyAt(table.clock.now(), table.random)
    const orRepeated = `${condition} OR #write = :write`
    const command = new PutCommand({
      TableName: table.tableName,
      Item: { ...toItem(outcome, table), write },
      ConditionExpression: orRepeated,
      ExpressionAttributeNames: aliasesIn(orRepeated),
      ExpressionAttributeValues: { ...values, ':write': write },
    })
    const purpose = `write that event ${outcome.key} of slot ${outcome.slot} is ${outcome.kind}`
    return ifConditionHolds(clientTo(purpose, table).send(command))
  }
  return {
    /**
     * Records how an event has ended, unless it has ended otherwise or somebody else has claimed it: an outcome is never
     * written over, but for a claim by whoever made it.
     * @param outcome its `by` names the claim, if there is one
     * @returns whether it was recorded
     */
    async conclude(outcome: Outcome): Promise<boolean> {
      const { by } = outcome
      if (by === undefined) return put(outcome, 'attribute_not_exists(#sk)')
      const condition = 'attribute_not_exists(#sk) OR (#kind = :claimed AND #by = :by)'
      return put(outcome, condition, { ':claimed': 'claimed', ':by': by })
    },

    /** Records an outcome where there is none yet. @returns whether it was recorded */
    async concludeFirst(outcome: Outcome): Promise<boolean> {
      return put(outcome, 'attribute_not_exists(#sk)')
    },

    /**
     * Records an outcome in place of the one that was read: a client may ask for an event again that has ended.
     * @returns whether it was recorded; not if another has been since
     */
    async concludeInstead(outcome: Outcome, { kind, atMs }: Outcome): Promise<boolean> {
      return put(outcome, '#kind = :kind AND #atMs = :atMs', { ':kind': kind, ':atMs': atMs })
    },

    /**
     * Takes the exclusive right to emit an event, for `CLAIM_MS`. Whoever has claimed an event may claim it again.
     * @returns whether the claim is ours
     */
    async claim({ slot, key }: EventRef, by: string): Promise<boolean> {
      const atMs = table.clock.now()
      return put(
        { slot, key, kind: 'claimed', atMs, by },
        'attribute_not_exists(#sk) OR (#kind = :claimed AND (#by = :by OR #atMs <= :lapsed))',
        { ':claimed': 'claimed', ':by': by, ':lapsed': atMs - CLAIM_MS },
      )
    },

    /** Gives a claim of ours back: for others it has lapsed. Nothing happens if it is not ours any more. */
    async release({ slot, key }: EventRef, by: string): Promise<void> {
      await put({ slot, key, kind: 'claimed', atMs: 0, by }, '#kind = :claimed AND #by = :by', {
        ':claimed': 'claimed',
        ':by': by,
      })
    },
  }
}

function toItem({ slot, key, ...fact }: Outcome, table: Table): Item {
  return { ...fact, pk: slot, sk: PREFIX.outcome + key, expiresAt: expiresAt(emitAtMsOf(key), table) }
}

/** Reads an outcome: what cannot be read is told of, and ends its event nonetheless, nobody here knows how. */
export function outcomeIn({ unreadable }: Pick<ReadableTable, 'unreadable'>) {
  return (item: Item): Outcome => {
    const it = tryToRead(item, toOutcome)
    if (it.ok) return it.value
    unreadable?.(it.unreadable)
    const { pk, sk, why } = it.unreadable
    return { ...refOfOutcome({ pk, sk }), kind: 'unreadable', atMs: 0, reason: why }
  }
}

export function toOutcome(item: Item): Outcome {
  const { pk, sk, expiresAt: _expiresAt, ...fact } = readItem(outcomeItem, item)
  return { ...fact, ...refOfOutcome({ pk, sk }) }
}

/** The place that an outcome is about. */
export function refOfOutcome({ pk, sk }: Item): EventRef {
  return { slot: String(pk), key: String(sk).slice(PREFIX.outcome.length) }
}
