import { BatchWriteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { itemsWritten } from './items-written.ts'

const TableName = 'events'
const [one, other] = ['event#1', 'event#2'].map((sk) => ({ pk: 'slot', sk })) as [object, object]
const put = (Item: object) => ({ PutRequest: { Item } })

describe('what a request has written', () => {
  it('is its item, or those of its batch', () => {
    expect(itemsWritten(new PutCommand({ TableName, Item: one }) as never, {})).to.deep.equal([one])
    const batch = new BatchWriteCommand({ RequestItems: { [TableName]: [put(one), put(other)] } })
    expect(itemsWritten(batch as never, { UnprocessedItems: {} })).to.deep.equal([one, other])
  })

  it('is not what the answer leaves unprocessed', () => {
    const batch = new BatchWriteCommand({ RequestItems: { [TableName]: [put(one), put(other)] } })
    const answer = { UnprocessedItems: { [TableName]: [put({ ...one })] } }
    expect(itemsWritten(batch as never, answer)).to.deep.equal([other])
  })
})
