import {
  BatchGetCommand,
  BatchWriteCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/lib-dynamodb'
import type { Random } from '../../core/clock.ts'
import { SchedulerError } from '../../core/errors.ts'
import { BULK_MS } from '../../core/timetable.ts'
import type { Item, Key } from './items.ts'
import { clientTo, ifConditionHolds, isRefusal, isThrottled, type ReadableTable, type Table } from './table.ts'

/** Most items of one BatchWriteItem. Source: DynamoDB API reference. */
const MAX_WRITES = 25

/** Most keys of one BatchGetItem. Source: DynamoDB API reference. */
const MAX_READS = 100

/** Rounds on end in which nothing of a request was processed, should a clock that is set back hide that time is over. */
const IDLE_ROUNDS = 100

/**
 * Longest pause between two rounds, ms. It is short so that of many who wait for one partition those who have waited long
 * are not left behind by those who come new.
 */
const LONGEST_PAUSE_MS = 200

/**
 * Puts all items, in requests side by side. What DynamoDB leaves over, that alone is handed in again.
 * @returns what could not be written in time, and why
 * @throws if DynamoDB refuses an item
 */
export async function putInTime(table: Table, purpose: string, items: readonly Item[]): Promise<Leftover<Item>> {
  const putOnce = async (left: readonly Item[]) => {
    const request = { [table.tableName]: left.map((item) => ({ PutRequest: { Item: item } })) }
    const answer = await clientTo(purpose, table).send(new BatchWriteCommand({ RequestItems: request }))
    return (answer.UnprocessedItems?.[table.tableName] ?? []).flatMap((one) => one.PutRequest?.Item ?? [])
  }
  const leftovers = await Promise.all(chunks(items, MAX_WRITES).map((chunk) => untilProcessed(table, chunk, putOnce)))
  const refused = leftovers.find(({ why }) => why && isRefusal(why))
  if (refused) throw refused.why
  return { left: leftovers.flatMap(({ left }) => left), why: leftovers.find(({ why }) => why)?.why }
}

/**
 * The same for items in whose places others may stand, which stay: so each is a request of its own.
 * @returns besides what could not be written in time, those whose places were taken
 */
export async function putNewInTime(
  table: Table,
  purpose: string,
  items: readonly Item[],
): Promise<Leftover<Item> & { taken: Item[] }> {
  const taken: Item[] = []
  const failed: { item: Item; why: SchedulerError }[] = []
  const putOne = async (item: Item): Promise<Item[]> => {
    const condition = { ConditionExpression: 'attribute_not_exists(#sk)', ExpressionAttributeNames: { '#sk': 'sk' } }
    const put = new PutCommand({ TableName: table.tableName, Item: item, ...condition })
    try {
      if (!(await ifConditionHolds(clientTo(purpose, table).send(put)))) taken.push(item)
      return []
    } catch (fault) {
      if (!(fault instanceof SchedulerError)) throw fault
      if (isThrottled(fault)) return [item]
      // It keeps none of the others from being written, nor from being known to be.
      failed.push({ item, why: fault })
      return []
    }
  }
  const { left, why } = await untilProcessed(table, items, async (all) => (await Promise.all(all.map(putOne))).flat())
  const refused = failed.find((one) => isRefusal(one.why))
  if (refused) throw refused.why
  return { taken, left: [...left, ...failed.map(({ item }) => item)], why: why ?? failed[0]?.why }
}

/** The same where nothing may be left. @throws if anything is */
export async function putAll(table: Table, purpose: string, items: readonly Item[]): Promise<void> {
  const { why } = await putInTime(table, purpose, items)
  if (why) throw why
}

/** Reads all items that exist, strongly consistent, in no particular order. */
export async function getAll(table: ReadableTable, purpose: string, keys: readonly Key[]): Promise<Item[]> {
  const found: Item[] = []
  const readOnce = async (left: readonly Key[]) => {
    const request = { [table.tableName]: { Keys: left.map(({ pk, sk }) => ({ pk, sk })), ConsistentRead: true } }
    const answer = await clientTo(purpose, table).send(new BatchGetCommand({ RequestItems: request }))
    found.push(...(answer.Responses?.[table.tableName] ?? []))
    return (answer.UnprocessedKeys?.[table.tableName]?.Keys ?? []) as Key[]
  }
  const leftovers = await Promise.all(chunks(keys, MAX_READS).map((chunk) => untilProcessed(table, chunk, readOnce)))
  for (const { why } of leftovers) if (why) throw why
  return found
}

/**
 * Pages of a query, strongly consistent, each at most 1 MB. A limit is that of the first page, and doubles from page to
 * page: who needs few items reads few. Source: DynamoDB API reference, Query.
 */
export async function* queryPages(table: ReadableTable, purpose: string, query: Query): AsyncGenerator<Item[]> {
  for await (const { Items = [] } of answersTo(table, purpose, query)) yield Items
}

/** How many items a query finds, strongly consistent: read as by `queryPages`, but none is handed over. */
export async function countAll(table: ReadableTable, purpose: string, query: Query): Promise<number> {
  let count = 0
  for await (const { Count = 0 } of answersTo(table, purpose, { ...query, Select: 'COUNT' })) count += Count
  return count
}

type Query = Omit<QueryCommandInput, 'TableName' | 'ConsistentRead'>

async function* answersTo(
  table: ReadableTable,
  purpose: string,
  { Limit, ...query }: Query,
): AsyncGenerator<QueryCommandOutput> {
  const { KeyConditionExpression = '', FilterExpression = '', ProjectionExpression = '' } = query
  const names = aliasesIn(KeyConditionExpression, FilterExpression, ProjectionExpression)
  let from: QueryCommandInput['ExclusiveStartKey']
  let limit = Limit
  do {
    const input = {
      ...query,
      TableName: table.tableName,
      ConsistentRead: true,
      ExclusiveStartKey: from,
      Limit: limit,
      ExpressionAttributeNames: names,
    }
    const answer = await clientTo(purpose, table).send(new QueryCommand(input))
    yield answer
    from = answer.LastEvaluatedKey
    limit = limit && limit * 2
  } while (from)
}

/** Key condition for the sort keys `prefix + from` to `prefix + to` of one partition, both inclusive. */
export function range(pk: string, { prefix, from, to }: { prefix: string; from: string; to: string }) {
  return {
    KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':pk': pk, ':from': prefix + from, ':to': prefix + to },
  }
}

/** `#name` → `name` for every alias in the expressions: so that callers need not know DynamoDB's reserved words. */
export function aliasesIn(...expressions: string[]): Record<string, string> {
  const names = expressions.flatMap((expression) => expression.match(/#\w+/g) ?? [])
  return Object.fromEntries(names.map((alias) => [alias, alias.slice(1)]))
}

/** What a bulk did not get done in time, and why. */
interface Leftover<T> {
  left: readonly T[]
  why?: SchedulerError | undefined
}

/**
 * Has a request carried out, then again with what it leaves over, as long as there is progress and time. Without jitter
 * where there is no random number: a reader that is alone keeps in step with nobody.
 */
async function untilProcessed<T>(
  table: ReadableTable & { random?: Random },
  all: readonly T[],
  once: (left: readonly T[]) => Promise<T[]>,
): Promise<Leftover<T>> {
  const { clock, random = () => 0.5 } = table
  const endMs = clock.now() + BULK_MS
  let left: readonly T[] = all
  for (let idle = 0; ; ) {
    const rest = await once(left).catch((fault: SchedulerError) => (isThrottled(fault) ? left : fault))
    if (rest instanceof SchedulerError) return { left, why: rest }
    idle = rest.length < left.length ? 0 : idle + 1
    left = rest
    if (left.length === 0) return { left }
    if (idle === IDLE_ROUNDS || clock.now() >= endMs) return { left, why: throttled(table, left.length, all.length) }
    await clock.sleep(Math.min(50 * 2 ** idle, LONGEST_PAUSE_MS) * (0.5 + random()))
  }
}

function throttled({ tableName }: ReadableTable, left: number, of: number): SchedulerError {
  const message = `${left} of ${of} items were left unprocessed by table ${tableName}, which is throttled. Spread the events over more minutes, or raise shards.`
  return new SchedulerError('TABLE_UNAVAILABLE', message)
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
}
