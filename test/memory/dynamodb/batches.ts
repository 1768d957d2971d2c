import type {
  BatchGetCommandInput,
  BatchGetCommandOutput,
  BatchWriteCommandInput,
  BatchWriteCommandOutput,
} from '@aws-sdk/lib-dynamodb'
import { throttlingException, unknown, validationException } from './errors.ts'
import { copyOf, type Item } from './items.ts'
import { type Answer, consumed } from './single.ts'
import { keyAlone, keyOf, refuseDuplicates, type Store, type Stored, storable } from './store.ts'

/** Most items of a batch. 25 of the largest are below the 16 MB of a request. Source: DynamoDB API reference. */
const MAX_WRITES = 25
const MAX_READS = 100

/** Largest answer of BatchGetItem, bytes. Source: DynamoDB API reference. */
const MAX_ANSWER_BYTES = 16 * 1_024 * 1_024

export function batchWrite(store: Store, input: BatchWriteCommandInput): Answer<BatchWriteCommandOutput> {
  const [table, requests] = onlyTable(store, input.RequestItems)
  checkLength(requests, MAX_WRITES)
  const items = requests.map(({ PutRequest }) => {
    if (!PutRequest) throw unknown('BatchWriteItem of anything but puts')
    return storable(PutRequest.Item as Item)
  })
  refuseDuplicates(items.map(({ item }) => keyOf(item)))
  let units = 0
  const left = leftOver(items, (stored) => {
    const key = keyOf(stored.item)
    if (!store.admits(key.pk, 'write')) return false
    units += store.charge(key.pk, 'write', Math.max(store.get(key)?.bytes ?? 0, stored.bytes))
    store.set(stored)
    return true
  })
  const unprocessed = left.map(({ item }) => ({ PutRequest: { Item: item } }))
  return { UnprocessedItems: left.length > 0 ? { [table]: unprocessed } : {}, ...consumedBy(table, input, units) }
}

export function batchGet(store: Store, input: BatchGetCommandInput): Answer<BatchGetCommandOutput> {
  const [table, { Keys = [], ...how }] = onlyTable(store, input.RequestItems)
  if (!how.ConsistentRead || how.ProjectionExpression) throw unknown('this kind of BatchGetItem')
  checkLength(Keys, MAX_READS)
  const keys = Keys.map(keyAlone)
  refuseDuplicates(keys)
  let bytes = 0
  const found: Stored[] = []
  let units = 0
  const left = leftOver(keys, (key) => {
    const stored = store.get(key)
    if (bytes + (stored?.bytes ?? 0) > MAX_ANSWER_BYTES || !store.admits(key.pk, 'read')) return false
    units += store.charge(key.pk, 'read', stored?.bytes ?? 0)
    bytes += stored?.bytes ?? 0
    if (stored) found.push(stored)
    return true
  })
  return {
    Responses: { [table]: found.map(({ item }) => copyOf(item)) },
    UnprocessedKeys: left.length > 0 ? { [table]: { ...how, Keys: left.map((key) => ({ ...key })) } } : {},
    ...consumedBy(table, input, units),
  }
}

/** Carries out a batch one by one. @returns what is left of it @throws ThrottlingException if nothing of it can be done */
function leftOver<T>(all: readonly T[], carryOut: (one: T) => boolean): T[] {
  const left = all.filter((one) => !carryOut(one))
  if (left.length === all.length) throw throttlingException()
  return left
}

function onlyTable<T>(store: Store, requests: Record<string, T> | undefined): [string, T] {
  const [only, ...others] = Object.entries(requests ?? {})
  if (!only || others.length > 0) throw unknown('batches of other than one table')
  store.checkTable(only[0])
  return only
}

function checkLength(requests: readonly unknown[], most: number): void {
  if (requests.length < 1 || requests.length > most)
    throw validationException(`A batch has 1 to ${most} items, not ${requests.length}`)
}

function consumedBy(
  TableName: string,
  { ReturnConsumedCapacity }: { ReturnConsumedCapacity?: string | undefined },
  units: number,
) {
  const { ConsumedCapacity } = consumed({ TableName, ReturnConsumedCapacity }, units)
  return ConsumedCapacity && { ConsumedCapacity: [ConsumedCapacity] }
}
