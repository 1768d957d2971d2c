import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { dynamoDBInMemory, TABLE_NAME as TableName } from '../memory/dynamodb.ts'
import { seededRandom } from '../support/random.ts'
import { startCapacity } from './capacity.ts'
import type { FaultName } from './faults.ts'
import { faultsOf } from './luck.ts'
import { startRegion } from './region.ts'
import { openStrikes } from './strikes.ts'
import { virtualTime } from './virtual-time.ts'

const REQUEST = { isBatch: false, way: [{ slot: 'a' }] }

/** A table with what its partitions carry, and the strikes that are noted of them. */
function aTable(...faults: FaultName[]) {
  const time = virtualTime(0)
  const strikes = openStrikes(time.now)
  const { capacity, measured } = startCapacity(
    startRegion(time, faultsOf(new Set(faults), seededRandom(1), strikes), 0),
  )
  const { client } = dynamoDBInMemory(capacity)
  const write = (kilobytes: number) =>
    measured(REQUEST, () =>
      client.send(new PutCommand({ TableName, Item: { pk: 'a', sk: 'a', text: 'x'.repeat(kilobytes * 1_024 - 20) } })),
    )
  const read = () =>
    measured(REQUEST, () => client.send(new GetCommand({ TableName, Key: { pk: 'a', sk: 'a' }, ConsistentRead: true })))
  return { strikes, write, read }
}

describe('the capacity of the simulated table', () => {
  it('lets what is read take ten milliseconds a megabyte', async () => {
    const { write, read } = aTable()
    await write(300)
    expect((await read()).readingMs).to.equal(2)
    await write(100)
    expect((await read()).readingMs).to.equal(0)
  })

  it('carries everything where hot partitions are no fault of the run', async () => {
    const { write, strikes } = aTable()
    for (let i = 0; i < 10; i++) await write(300)
    expect(strikes.onSlot('a')).to.deep.equal([])
  })

  it('carries a quarter of a thousand write units a second, and notes whom it refuses', async () => {
    const { write, read, strikes } = aTable('hotPartition')
    await write(249)
    await write(1)
    const refused = await write(1).catch(({ name }: Error) => name)
    expect(refused).to.equal('ThrottlingException')
    expect(strikes.onSlot('a').map(({ fault }) => fault)).to.deep.equal(['hotPartition'])
    expect((await read()).answer).to.have.property('Item')
  })
})
