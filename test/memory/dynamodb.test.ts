import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { type Dynalite, startDynalite } from '../support/dynalite.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { behavesLikeDynamoDB } from './behaves-like-dynamodb.ts'
import { partitionCapacity } from './dynamodb/capacity.ts'
import { dynamoDBInMemory, requestName, TABLE_NAME as TableName } from './dynamodb.ts'

/** Dynalite counts UTF-16 units, charges nothing for an empty query, and answers with little more than 1 MB. */
const DYNALITE_LACKS = [
  'counts text in bytes of UTF-8',
  'by a query that finds nothing are one',
  'answers with at most 16 MB, and with the keys that are left',
]

behavesLikeDynamoDB('in memory', async () => ({ client: dynamoDBInMemory().client, tableName: TableName }))

describe('with dynalite', () => {
  let dynamo: Dynalite
  before(async () => {
    dynamo = await startDynalite()
  })
  after(() => dynamo.stop())

  const onDynalite = async () => ({ client: dynamo.client, tableName: await dynamo.createTable() })
  behavesLikeDynamoDB('in dynalite', onDynalite, DYNALITE_LACKS)
})

describe('a partition in memory', () => {
  const clock = fakeClock(0)
  const limited = () => dynamoDBInMemory(partitionCapacity(clock, { read: 2, write: 3 })).client
  const put = (pk: string, bytes = 1) => new PutCommand({ TableName, Item: { pk, sk: 'a', text: 'x'.repeat(bytes) } })
  const get = (pk: string) => new GetCommand({ TableName, Key: { pk, sk: 'a' }, ConsistentRead: true })
  const items = (...all: [string, string][]) => all.map(([pk, sk]) => ({ pk, sk }))
  const nameOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: Error) => error.name,
    )

  it('carries so many units a second and no more, whatever other partitions carry', async () => {
    const client = limited()
    for (let i = 0; i < 3; i++) await client.send(put('one'))
    expect(await nameOf(client.send(put('one')))).to.equal('ThrottlingException')
    expect(await nameOf(client.send(put('other')))).to.equal('done')
    await clock.advance(300)
    expect(await nameOf(client.send(put('one')))).to.equal('done')
    expect(await nameOf(client.send(put('one')))).to.equal('ThrottlingException')
  })

  it('carries reads and writes apart', async () => {
    const client = limited()
    for (let i = 0; i < 2; i++) await client.send(get('one'))
    expect(await nameOf(client.send(get('one')))).to.equal('ThrottlingException')
    expect(await nameOf(client.send(put('one')))).to.equal('done')
  })

  it('admits a request larger than all it has, and needs the longer to carry another', async () => {
    const client = limited()
    await client.send(put('one', 8_000))
    await clock.advance(1_000)
    expect(await nameOf(client.send(put('one')))).to.equal('ThrottlingException')
    await clock.advance(1_000)
    expect(await nameOf(client.send(put('one')))).to.equal('done')
  })

  it('pays for a write whose condition does not hold', async () => {
    const client = limited()
    await client.send(put('one'))
    const first = new PutCommand({
      ...put('one').input,
      ConditionExpression: 'attribute_not_exists(#sk)',
      ExpressionAttributeNames: { '#sk': 'sk' },
    })
    for (let i = 0; i < 2; i++) expect(await nameOf(client.send(first))).to.equal('ConditionalCheckFailedException')
    expect(await nameOf(client.send(first))).to.equal('ThrottlingException')
  })

  it('leaves over what it cannot carry of a batch, unless that is all of it', async () => {
    const client = limited()
    const all = items(['one', 'a'], ['one', 'b'], ['one', 'c'], ['one', 'd'], ['other', 'a'])
    const requests = all.map((Item) => ({ PutRequest: { Item } }))
    const write = (some: typeof requests) => client.send(new BatchWriteCommand({ RequestItems: { [TableName]: some } }))
    expect((await write(requests)).UnprocessedItems).to.deep.equal({ [TableName]: requests.slice(3, 4) })
    expect(await nameOf(write(requests.slice(3, 4)))).to.equal('ThrottlingException')

    const RequestItems = { [TableName]: { Keys: all, ConsistentRead: true } }
    const answer = await client.send(new BatchGetCommand({ RequestItems }))
    expect(answer.Responses?.[TableName]).to.deep.equal(items(['one', 'a'], ['one', 'b'], ['other', 'a']))
    expect(answer.UnprocessedKeys?.[TableName]?.Keys).to.deep.equal(items(['one', 'c'], ['one', 'd']))
  })
})

describe('DynamoDB in memory', () => {
  const { client } = dynamoDBInMemory()
  const Item = { pk: 'a', sk: 'event#1' }

  it('refuses what it does not know, instead of guessing', async () => {
    const requests = [
      new DeleteCommand({ TableName, Key: Item }),
      new PutCommand({ TableName, Item, ConditionExpression: 'size(#a) > :n' }),
      new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(plain)' }),
      new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(#a) NOT' }),
      new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(#a' }),
      new PutCommand({ TableName, Item, ConditionExpression: '#a.#b = :c' }),
      new PutCommand({ TableName, Item: { ...Item, bytes: new Uint8Array(1) } }),
      new PutCommand({ TableName, Item: { ...Item, sk: 'ä' } }),
      new GetCommand({ TableName, Key: Item }),
    ]
    for (const request of requests) {
      const refused = await client.send(request as never).catch((error: Error) => error.message)
      expect(refused, JSON.stringify(request.input)).to.match(/^DynamoDB in memory does not know/)
    }
  })

  it('tells requests apart by what they do to what', () => {
    const requests = [
      new PutCommand({ TableName, Item: { pk: 'a', sk: 'outcome#1' } }),
      new GetCommand({ TableName, Key: { pk: 'a', sk: 'runner' } }),
      new BatchWriteCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item } }] } }),
      new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [Item] } } }),
      new QueryCommand({
        TableName,
        KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
        ExpressionAttributeValues: { ':pk': 'a', ':from': 'announcement#', ':to': 'announcement#~' },
      }),
    ]
    const names = ['Put outcome', 'Get runner', 'BatchWrite event', 'BatchGet event', 'Query announcement']
    expect(requests.map((request) => requestName(request as never))).to.deep.equal(names)
  })
})
