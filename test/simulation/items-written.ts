import type { Item } from '../memory/dynamodb/items.ts'
import type { Request } from '../memory/dynamodb.ts'

/** The items that a request has written: of a batch those that its answer does not leave unprocessed. */
export function itemsWritten({ input }: Request, answer: { UnprocessedItems?: object }): Item[] {
  const [batch] = Object.values(input.RequestItems ?? {})
  if (!Array.isArray(batch)) return input.Item ? [input.Item] : []
  const left = new Set(
    Object.values(answer.UnprocessedItems ?? {})
      .flat()
      .map(placeOf),
  )
  return batch.filter((one) => !left.has(placeOf(one))).map(({ PutRequest }) => PutRequest.Item)
}

const placeOf = ({ PutRequest: { Item } }: { PutRequest: { Item: Item } }) => `${Item.pk} ${Item.sk}`
