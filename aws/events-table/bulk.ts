import { BatchGetCommand, BatchWriteCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb'
import type { Random } from '../../core/clock.ts'
import { SchedulerError } from '../../core/errors.ts'
import type { Item, Key } from './items.ts'
import { clientTo, type ReadableTable, type Table } from './table.ts'

/** Most items of one BatchWriteItem. Source: DynamoDB API reference. */
const MAX_WRITES = 25

/** Most keys of one BatchGetItem. Source: DynamoDB API reference. */
const MAX_READS = 100

/** Rounds of handing in what DynamoDB left over: together about ten seconds. */
const ROUNDS = 8

/** Puts all items, in requests side by side, handing in again what DynamoDB leaves unprocessed. */
export async function putAll(table: Table, purpose: string, items: readonly Item[]): Promise<void> {
  const putOnce = async (left: readonly Item[]) => {
    const request = { [table.tableName]: left.map((item) => ({ PutRequest: { Item: item } })) }
    const answer = await clientTo(purpose, table).send(new BatchWriteCommand({ RequestItems: request }))
    return (answer.UnprocessedItems?.[table.tableName] ?? []).flatMap((one) => one.PutRequest?.Item ?? [])
  }
  await Promise.all(chunks(items, MAX_WRITES).map((chunk) => untilProcessed(table, chunk, putOnce)))
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
  await Promise.all(chunks(keys, MAX_READS).map((chunk) => untilProcessed(table, chunk, readOnce)))
  return found
}

/** Pages of a query, strongly consistent, each at most 1 MB. Source: DynamoDB API reference, Query. */
export async function* queryPages(
  table: ReadableTable,
  purpose: string,
  query: Omit<QueryCommandInput, 'TableName' | 'ConsistentRead'>,
): AsyncGenerator<Item[]> {
  const { KeyConditionExpression = '', FilterExpression = '', ProjectionExpression = '' } = query
  const names = aliasesIn(KeyConditionExpression, FilterExpression, ProjectionExpression)
  let from: QueryCommandInput['ExclusiveStartKey']
  do {
    const input = {
      ...query,
      TableName: table.tableName,
      ConsistentRead: true,
      ExclusiveStartKey: from,
      ExpressionAttributeNames: names,
    }
    const answer = await clientTo(purpose, table).send(new QueryCommand(input))
    yield answer.Items ?? []
    from = answer.LastEvaluatedKey
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

/** Without jitter where there is no random number: a reader that is alone keeps in step with nobody. */
async function untilProcessed<T>(
  { tableName, clock, random = () => 0.5 }: ReadableTable & { random?: Random },
  all: readonly T[],
  once: (left: readonly T[]) => Promise<T[]>,
) {
  let left: readonly T[] = all
  for (let round = 0; left.length > 0; round++) {
    if (round === ROUNDS)
      throw new SchedulerError(
        'TABLE_UNAVAILABLE',
        `${left.length} of ${all.length} items were left unprocessed ${ROUNDS} times by table ${tableName}, which is throttled`,
      )
    if (round > 0) await clock.sleep(50 * 2 ** (round - 1) * (0.5 + random()))
    left = await once(left)
  }
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
}
