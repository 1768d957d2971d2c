import type {
  GetCommandInput,
  GetCommandOutput,
  PutCommandInput,
  PutCommandOutput,
  UpdateCommandInput,
  UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb'
import { conditionalCheckFailed, unknown } from './errors.ts'
import { parseCondition } from './expressions/conditions.ts'
import { checkAliases } from './expressions/reader.ts'
import { parseUpdate } from './expressions/updates.ts'
import { copyOf } from './items.ts'
import { keyAlone, keyOf, type Store, type Stored, storable } from './store.ts'

/** An answer without what tells of the connection. */
export type Answer<Output> = Omit<Output, '$metadata'>

export function get(store: Store, input: GetCommandInput): Answer<GetCommandOutput> {
  store.checkTable(input.TableName)
  if (!input.ConsistentRead || input.ProjectionExpression) throw unknown('this kind of GetItem')
  const key = keyAlone(input.Key)
  store.admit(key.pk, 'read')
  const found = store.get(key)
  const units = store.charge(key.pk, 'read', found?.bytes ?? 0)
  return { Item: found && copyOf(found.item), ...consumed(input, units) }
}

export function put(store: Store, input: PutCommandInput): Answer<PutCommandOutput> {
  store.checkTable(input.TableName)
  if (input.ReturnValues) throw unknown('PutItem with ReturnValues')
  const condition = input.ConditionExpression ? parseCondition(input.ConditionExpression) : undefined
  checkAliases(input, [condition])
  return consumed(input, write(store, input, storable(input.Item ?? {})))
}

export function update(store: Store, input: UpdateCommandInput): Answer<UpdateCommandOutput> {
  store.checkTable(input.TableName)
  if (input.ReturnValues && input.ReturnValues !== 'ALL_NEW') throw unknown(`ReturnValues ${input.ReturnValues}`)
  const change = parseUpdate(input.UpdateExpression ?? '')
  const condition = input.ConditionExpression ? parseCondition(input.ConditionExpression) : undefined
  checkAliases(input, [change, condition])
  const key = keyAlone(input.Key)
  const before = store.get(key)?.item ?? { ...key }
  const after = { ...before }
  for (const apply of change.result) apply(before, after, input)
  const stored = storable(after)
  const units = write(store, input, stored)
  const Attributes = input.ReturnValues === 'ALL_NEW' ? copyOf(stored.item) : undefined
  return { ...(Attributes && { Attributes }), ...consumed(input, units) }
}

/**
 * Writes an item in place of the one there is, if that meets the condition. What is written costs as much as the larger
 * of the two, whether the condition holds or not. Source: DynamoDB developer guide, read and write operations.
 * @returns units
 */
function write(store: Store, input: PutCommandInput | UpdateCommandInput, after: Stored): number {
  const key = keyOf(after.item)
  store.admit(key.pk, 'write')
  const before = store.get(key)
  const units = store.charge(key.pk, 'write', Math.max(before?.bytes ?? 0, after.bytes))
  const { ConditionExpression } = input
  if (ConditionExpression && !parseCondition(ConditionExpression).result(before?.item, input))
    throw conditionalCheckFailed()
  store.set(after)
  return units
}

/** What a request has consumed, if it wants to know. */
export function consumed(
  input: { TableName: string | undefined; ReturnConsumedCapacity?: string | undefined },
  units: number,
) {
  if (input.ReturnConsumedCapacity !== 'TOTAL') return {}
  return { ConsumedCapacity: { TableName: input.TableName, CapacityUnits: units } }
}
