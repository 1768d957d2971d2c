import type { QueryCommandInput, QueryCommandOutput } from '@aws-sdk/lib-dynamodb'
import { unknown, validationException } from './errors.ts'
import { parseCondition } from './expressions/conditions.ts'
import { type KeyRange, keyRangeOf } from './expressions/key-conditions.ts'
import { checkAliases } from './expressions/reader.ts'
import { parseProjection, project } from './expressions/updates.ts'
import { copyOf, type Item } from './items.ts'
import { type Answer, consumed } from './single.ts'
import { type Key, keyAlone, keyOf, type Store, type Stored } from './store.ts'

/** A page ends with the item that reaches it, bytes. Source: DynamoDB API reference, Query. */
const PAGE_BYTES = 1_024 * 1_024

export function query(store: Store, input: QueryCommandInput): Answer<QueryCommandOutput> {
  store.checkTable(input.TableName)
  if (!input.ConsistentRead || input.IndexName) throw unknown('this kind of Query')
  const { range, parsed: keys } = keyRangeOf(input.KeyConditionExpression ?? '', input)
  const filter = input.FilterExpression ? parseCondition(input.FilterExpression) : undefined
  const projection = input.ProjectionExpression ? parseProjection(input.ProjectionExpression) : undefined
  checkAliases(input, [keys, filter, projection])
  store.admit(range.pk, 'read')
  const { read, bytes, full } = readPage(store, range, input)
  const units = store.charge(range.pk, 'read', bytes)
  const matching = read.map(({ item }) => item).filter((item) => filter?.result(item, input) ?? true)
  const chosen = (item: Item) => (projection ? project(item, projection.result, input) : copyOf(item))
  const last = read.at(-1)
  return {
    Count: matching.length,
    ScannedCount: read.length,
    ...(input.Select !== 'COUNT' && { Items: matching.map(chosen) }),
    ...(full && last && { LastEvaluatedKey: { ...keyOf(last.item) } }),
    ...consumed(input, units),
  }
}

/** What is read before anything is filtered or left out: items up to a limit, or to 1 MB. */
function readPage(store: Store, range: KeyRange, input: QueryCommandInput) {
  const { Limit = Number.POSITIVE_INFINITY, ExclusiveStartKey, ScanIndexForward = true } = input
  if (Limit < 1) throw validationException('Limit must be at least 1')
  const start = ExclusiveStartKey && startIn(range, ExclusiveStartKey)
  const from = start && ScanIndexForward ? start.sk : range.from
  const to = start && !ScanIndexForward ? start.sk : range.to
  const read: Stored[] = []
  let bytes = 0
  const isFull = () => read.length >= Limit || bytes >= PAGE_BYTES
  store.partitions.get(range.pk)?.walk({ from, to, downwards: !ScanIndexForward }, (stored, sk) => {
    if (sk === start?.sk) return true
    read.push(stored)
    bytes += stored.bytes
    return !isFull()
  })
  return { read, bytes, full: isFull() }
}

function startIn(range: KeyRange, given: Item): Key {
  const key = keyAlone(given)
  if (key.pk !== range.pk || key.sk < range.from || key.sk > range.to)
    throw validationException('The provided starting key is outside query boundaries based on provided conditions')
  return key
}
