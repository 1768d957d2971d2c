import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'

export interface DynamoDBUnderTest {
  client: Pick<DynamoDBDocumentClient, 'send'>
  tableName: string
}

type Item = Record<string, unknown>

/** Bytes of the names and keys of an item of these tests with a text and a value. */
const FRAME_BYTES = 'pk'.length + 'sk'.length + 'text'.length + 'value'.length + 'p-000'.length + 'a'.length
const KB = 1_024

/**
 * What DynamoDB does with the commands, expressions and sizes that the events table relies on.
 * @param lacks titles of what the one under test is known not to do
 */
export function behavesLikeDynamoDB(
  where: string,
  create: () => Promise<DynamoDBUnderTest>,
  lacks: readonly string[] = [],
): void {
  describe(`DynamoDB ${where}`, () => {
    let client: DynamoDBUnderTest['client']
    let TableName: string
    let pk: string
    let partitions = 0
    const titles: string[] = []
    before(async () => {
      ;({ client, tableName: TableName } = await create())
    })
    beforeEach(() => {
      pk = `p-${String(partitions++).padStart(3, '0')}`
    })
    const does = (title: string, work: () => Promise<void>) => {
      titles.push(title)
      ;(lacks.includes(title) ? it.skip : it)(title, work)
    }

    const put = (item: Item, more: Partial<PutCommandInput> = {}) =>
      client.send(new PutCommand({ TableName, Item: { pk, sk: 'a', ...item }, ...more }))
    const update = (more: Partial<UpdateCommandInput>, sk = 'a') =>
      client.send(new UpdateCommand({ TableName, Key: { pk, sk }, ReturnValues: 'ALL_NEW', ...more }))
    const read = async (sk = 'a') =>
      (await client.send(new GetCommand({ TableName, Key: { pk, sk }, ConsistentRead: true }))).Item
    const query = (more: Partial<QueryCommandInput> = {}) => {
      const { ExpressionAttributeNames: names, ExpressionAttributeValues: values, ...rest } = more
      const input = {
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': 'pk', ...names },
        ExpressionAttributeValues: { ':pk': pk, ...values },
      }
      return client.send(new QueryCommand({ ...input, ...rest }))
    }
    const between = (from: string, to: string) => ({
      KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#sk': 'sk' },
      ExpressionAttributeValues: { ':from': from, ':to': to },
    })
    const write = (items: readonly Item[]) => {
      const requests = items.map((item) => ({ PutRequest: { Item: { pk, ...item } } }))
      return client.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }))
    }
    const fetch = (sks: readonly string[]) => {
      const Keys = sks.map((sk) => ({ pk, sk }))
      return client.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }))
    }
    const sks = (items: readonly Item[] = []) => items.map(({ sk }) => sk)
    const putAll = async (...all: string[]) => {
      for (const sk of all) await put({ sk })
    }

    describe('items', () => {
      does('are read as they were put, whatever is in them', async () => {
        const item = {
          text: 'äöü 😀\u0000',
          no: null,
          yes: true,
          list: [1, 'a', { deep: [] }],
          map: { a: { b: -1.5 } },
        }
        await put(item)
        expect(await read()).to.deep.equal({ pk, sk: 'a', ...item })
      })

      does('do not keep fields that are undefined, at any depth', async () => {
        await put({ a: undefined, b: { c: undefined, d: 1 } })
        expect(await read()).to.deep.equal({ pk, sk: 'a', b: { d: 1 } })
      })

      does('are not what their writer or a reader does to them afterwards', async () => {
        const list = ['before']
        await put({ list })
        list.push('after')
        const answers = [
          await read(),
          ...((await query()).Items ?? []),
          ...((await fetch(['a'])).Responses?.[TableName] ?? []),
        ]
        expect(answers).to.have.length(3)
        for (const item of answers) item?.list.push('later')
        expect((await read())?.list).to.deep.equal(['before'])
      })

      does('are replaced as a whole', async () => {
        await put({ a: 1 })
        await put({ b: 2 })
        expect(await read()).to.deep.equal({ pk, sk: 'a', b: 2 })
      })

      does('that do not exist are read as none', async () => {
        expect(await read('nowhere')).to.equal(undefined)
      })

      does('need both their keys, as texts that are not empty', async () => {
        for (const keys of [{ sk: undefined }, { sk: '' }, { sk: 7 }, { pk: '' }])
          expect(await nameOfError(put(keys)), JSON.stringify(keys)).to.equal('ValidationException')
      })

      does('have keys of at most 2,048 and 1,024 bytes', async () => {
        await put({ pk: 'x'.repeat(2_048), sk: 'x'.repeat(1_024) })
        expect(await nameOfError(put({ pk: 'x'.repeat(2_049) }))).to.equal('ValidationException')
        expect(await nameOfError(put({ sk: 'x'.repeat(1_025) }))).to.equal('ValidationException')
      })

      does('are of a table that exists', async () => {
        expect(await nameOfError(put({}, { TableName: 'another' }))).to.equal('ResourceNotFoundException')
      })
    })

    describe('the size of an item', () => {
      const text = (bytes: number) => 'x'.repeat(bytes - FRAME_BYTES - 1)

      does('is at most 400 KB, in whatever request', async () => {
        const fits = { text: text(400 * KB), value: true }
        const exceeds = { text: text(400 * KB + 1), value: true }
        await put(fits)
        await write([{ sk: 'b', ...fits }])
        expect(await nameOfError(put(exceeds))).to.equal('ValidationException')
        expect(await nameOfError(write([{ sk: 'c' }, { sk: 'a', ...exceeds }]))).to.equal('ValidationException')
        expect(sks((await query()).Items)).to.deep.equal(['a', 'b'])
        const longer = {
          ExpressionAttributeNames: { '#text': 'text' },
          ExpressionAttributeValues: { ':text': exceeds.text },
        }
        expect(await nameOfError(update({ UpdateExpression: 'SET #text = :text', ...longer }))).to.equal(
          'ValidationException',
        )
      })

      const sizes: [unknown, number][] = [
        [true, 1],
        [null, 1],
        ['four', 4],
        [7, 2],
        [12, 2],
        [123, 3],
        [120, 3],
        [-7, 3],
        [1.5, 3],
        [1_700_000_000_001, 8],
        [[], 3],
        [['ab', true], 8],
        [{}, 3],
        [{ ab: 'cd' }, 8],
      ]
      for (const [value, bytes] of sizes)
        does(`counts ${bytes} bytes for ${JSON.stringify(value)}`, async () => {
          const units = async (more: number) => {
            const filling = 'x'.repeat(KB - FRAME_BYTES - bytes + more)
            return unitsOf(await put({ text: filling, value }, { ReturnConsumedCapacity: 'TOTAL' }))
          }
          expect(await units(0)).to.equal(1)
          expect(await units(1)).to.equal(2)
        })

      does('counts text in bytes of UTF-8', async () => {
        const filling = 'ä'.repeat((400 * KB) / 2)
        expect(await nameOfError(put({ text: filling }))).to.equal('ValidationException')
      })
    })

    describe('a condition', () => {
      const holds = async (ConditionExpression: string, names: Item, values?: Item) => {
        const ExpressionAttributeNames = names as Record<string, string>
        const name = await nameOfError(
          put(
            { kind: 'old', count: 7, by: 'me' },
            { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues: values },
          ),
        )
        expect(name).to.be.oneOf(['none', 'ConditionalCheckFailedException'])
        return name === 'none'
      }
      const NAMES = { '#kind': 'kind', '#count': 'count' }

      does('asks whether there is an attribute', async () => {
        expect(await holds('attribute_not_exists(#sk)', { '#sk': 'sk' })).to.equal(true)
        expect(await holds('attribute_not_exists(#sk)', { '#sk': 'sk' })).to.equal(false)
        expect(await holds('attribute_not_exists(#other)', { '#other': 'other' })).to.equal(true)
      })

      does('of another attribute does not hold for an item that does not exist', async () => {
        for (const sign of ['=', '<=', '<', '>', '>='])
          expect(await holds(`#count ${sign} :n`, { '#count': 'count' }, { ':n': 7 }), sign).to.equal(false)
        expect(await holds('#kind IN (:a)', { '#kind': 'kind' }, { ':a': 'old' })).to.equal(false)
        expect(await read()).to.equal(undefined)
      })

      does('compares numbers', async () => {
        await put({ count: 7 })
        const signs = async (n: number) => {
          const found: string[] = []
          for (const sign of ['=', '<>', '<', '<=', '>', '>='])
            if (await holds(`#count ${sign} :n`, { '#count': 'count' }, { ':n': n })) found.push(sign)
          return found
        }
        expect(await signs(7)).to.deep.equal(['=', '<=', '>='])
        expect(await signs(8)).to.deep.equal(['<>', '<', '<='])
        expect(await signs(6.5)).to.deep.equal(['<>', '>', '>='])
      })

      does('does not take a text for a number', async () => {
        await put({ count: 7 })
        expect(await holds('#count = :n', { '#count': 'count' }, { ':n': '7' })).to.equal(false)
        expect(await holds('#count <= :n', { '#count': 'count' }, { ':n': '8' })).to.equal(false)
        expect(await holds('#count <> :n', { '#count': 'count' }, { ':n': '7' })).to.equal(true)
      })

      does('looks for a value among some', async () => {
        await put({ kind: 'old' })
        expect(await holds('#kind IN (:a, :b)', { '#kind': 'kind' }, { ':a': 'new', ':b': 'old' })).to.equal(true)
        expect(await holds('#kind IN (:a, :b)', { '#kind': 'kind' }, { ':a': 'new', ':b': 'ol' })).to.equal(false)
      })

      does('binds AND closer than OR, and parentheses closest', async () => {
        await put({ kind: 'old', count: 7 })
        const values = { ':yes': 'old', ':no': 'new', ':n': 8 }
        expect(await holds('#kind = :yes OR #kind = :no AND #count = :n', NAMES, values)).to.equal(true)
        expect(await holds('(#kind = :yes OR #kind = :no) AND #count = :n', NAMES, values)).to.equal(false)
        expect(await holds('#kind = :no OR (#kind = :yes AND (#count = :n OR #count < :n))', NAMES, values)).to.equal(
          true,
        )
      })

      does('is evaluated on the item as it was, which it keeps if it does not hold', async () => {
        await put({ kind: 'first' })
        expect(await holds('#kind = :kind', { '#kind': 'kind' }, { ':kind': 'old' })).to.equal(false)
        expect(await read()).to.deep.equal({ pk, sk: 'a', kind: 'first' })
      })

      does('is met by one of many writers at once', async () => {
        const writers = Array.from({ length: 10 }, () => holds('attribute_not_exists(#sk)', { '#sk': 'sk' }))
        expect((await Promise.all(writers)).filter(Boolean)).to.have.length(1)
      })

      does('uses every alias that is defined, and no other', async () => {
        const refused = async (names: Record<string, string>, values: Item) =>
          nameOfError(
            put(
              {},
              {
                ConditionExpression: '#a = :a',
                ExpressionAttributeNames: names,
                ExpressionAttributeValues: values,
              },
            ),
          )
        expect(await refused({ '#a': 'a', '#b': 'b' }, { ':a': 1 })).to.equal('ValidationException')
        expect(await refused({ '#a': 'a' }, { ':a': 1, ':b': 1 })).to.equal('ValidationException')
        expect(await refused({ '#b': 'b' }, { ':a': 1 })).to.equal('ValidationException')
        expect(await refused({ '#a': 'a' }, { ':b': 1 })).to.equal('ValidationException')
      })
    })

    describe('an update', () => {
      const NAMES = { '#a': 'a', '#b': 'b' }

      does('makes an item where there is none', async () => {
        const { Attributes } = await update({
          UpdateExpression: 'SET #a = :a, #b = :b',
          ExpressionAttributeNames: NAMES,
          ExpressionAttributeValues: { ':a': 1, ':b': ['x'] },
        })
        expect(Attributes).to.deep.equal({ pk, sk: 'a', a: 1, b: ['x'] })
        expect(await read()).to.deep.equal(Attributes)
      })

      does('leaves the other attributes, and answers with all of them', async () => {
        await put({ a: 1, other: 'kept' })
        const { Attributes } = await update({
          UpdateExpression: 'SET #a = :a',
          ExpressionAttributeNames: { '#a': 'a' },
          ExpressionAttributeValues: { ':a': 2 },
        })
        expect(Attributes).to.deep.equal({ pk, sk: 'a', a: 2, other: 'kept' })
      })

      does('answers with nothing unless it is asked', async () => {
        const answer = await update({
          ReturnValues: undefined,
          UpdateExpression: 'SET #a = :a',
          ExpressionAttributeNames: { '#a': 'a' },
          ExpressionAttributeValues: { ':a': 2 },
        })
        expect(answer.Attributes).to.equal(undefined)
      })

      does('sets, adds and removes at once', async () => {
        await put({ a: 1, b: 2 })
        const change = {
          UpdateExpression: 'SET #c = :c ADD #a :one, #d :one REMOVE #b, #e',
          ExpressionAttributeNames: { ...NAMES, '#c': 'c', '#d': 'd', '#e': 'e' },
          ExpressionAttributeValues: { ':c': 3, ':one': 1 },
        }
        expect((await update(change)).Attributes).to.deep.equal({ pk, sk: 'a', a: 2, c: 3, d: 1 })
      })

      does('sets only what does not exist, where it says so', async () => {
        await put({ a: 1 })
        const change = {
          UpdateExpression: 'SET #a = if_not_exists(#a, :n), #b = if_not_exists(#b, :n)',
          ExpressionAttributeNames: NAMES,
          ExpressionAttributeValues: { ':n': 5 },
        }
        expect((await update(change)).Attributes).to.deep.equal({ pk, sk: 'a', a: 1, b: 5 })
      })

      does('reads the item as it was before', async () => {
        await put({ a: 1, b: 2 })
        const change = { UpdateExpression: 'SET #a = #b, #b = #a', ExpressionAttributeNames: NAMES }
        expect((await update(change)).Attributes).to.deep.equal({ pk, sk: 'a', a: 2, b: 1 })
      })

      does('adds to no text', async () => {
        await put({ a: 'text' })
        const change = {
          UpdateExpression: 'ADD #a :one',
          ExpressionAttributeNames: { '#a': 'a' },
          ExpressionAttributeValues: { ':one': 1 },
        }
        expect(await nameOfError(update(change))).to.equal('ValidationException')
      })

      does('is not done if its condition does not hold', async () => {
        await put({ a: 1 })
        const change = {
          UpdateExpression: 'SET #a = :b',
          ConditionExpression: '#a = :b',
          ExpressionAttributeNames: { '#a': 'a' },
          ExpressionAttributeValues: { ':b': 2 },
        }
        expect(await nameOfError(update(change))).to.equal('ConditionalCheckFailedException')
        expect(await read()).to.deep.equal({ pk, sk: 'a', a: 1 })
        expect(await nameOfError(update(change, 'nowhere'))).to.equal('ConditionalCheckFailedException')
        expect(await read('nowhere')).to.equal(undefined)
      })
    })

    describe('a query', () => {
      does('reads a partition in the order of its sort keys, and no other partition', async () => {
        await putAll('c', 'a', 'b')
        await put({ pk: `${pk}-other`, sk: 'd' })
        expect(sks((await query()).Items)).to.deep.equal(['a', 'b', 'c'])
        expect(sks((await query({ ScanIndexForward: false })).Items)).to.deep.equal(['c', 'b', 'a'])
      })

      does('orders sort keys by their bytes', async () => {
        await putAll('a#2', 'a', 'a~', 'B', 'a#10', 'a!')
        expect(sks((await query()).Items)).to.deep.equal(['B', 'a', 'a!', 'a#10', 'a#2', 'a~'])
      })

      does('reads a range with both its ends', async () => {
        await putAll('a', 'b', 'bb', 'c', 'd')
        expect(sks((await query(between('b', 'c'))).Items)).to.deep.equal(['b', 'bb', 'c'])
        expect(sks((await query(between('c', 'c'))).Items)).to.deep.equal(['c'])
        expect(sks((await query(between('e', 'f'))).Items)).to.deep.equal([])
      })

      does('refuses a range whose end is before its start', async () => {
        expect(await nameOfError(query(between('b', 'a')))).to.equal('ValidationException')
      })

      does('reads what begins with a prefix, and one key', async () => {
        await putAll('ab', 'a', 'ab#1', 'ac', 'ab~')
        const keys = (condition: string) => ({
          KeyConditionExpression: `#pk = :pk AND ${condition}`,
          ExpressionAttributeNames: { '#sk': 'sk' },
          ExpressionAttributeValues: { ':sk': 'ab' },
        })
        expect(sks((await query(keys('begins_with(#sk, :sk)'))).Items)).to.deep.equal(['ab', 'ab#1', 'ab~'])
        expect(sks((await query(keys('#sk = :sk'))).Items)).to.deep.equal(['ab'])
      })

      does('goes on after the last item it read, whether or not that is still there', async () => {
        await putAll('a', 'b', 'd')
        const first = await query({ Limit: 2 })
        expect(first.LastEvaluatedKey).to.deep.equal({ pk, sk: 'b' })
        await put({ sk: 'c' })
        expect(sks((await query({ ExclusiveStartKey: { pk, sk: 'b' } })).Items)).to.deep.equal(['c', 'd'])
        expect(sks((await query({ ExclusiveStartKey: { pk, sk: 'bb' } })).Items)).to.deep.equal(['c', 'd'])
        const down = { ExclusiveStartKey: { pk, sk: 'c' }, ScanIndexForward: false }
        expect(sks((await query(down)).Items)).to.deep.equal(['b', 'a'])
      })

      does('goes on within its range only', async () => {
        await putAll('a', 'b', 'c', 'd')
        const on = { ...between('b', 'c'), ExclusiveStartKey: { pk, sk: 'b' } }
        expect(sks((await query(on)).Items)).to.deep.equal(['c'])
        expect(await nameOfError(query({ ...on, ExclusiveStartKey: { pk, sk: 'd' } }))).to.equal('ValidationException')
      })

      does('that reads as many as it may does not know whether there are more', async () => {
        await putAll('a', 'b')
        expect((await query({ Limit: 2 })).LastEvaluatedKey).to.deep.equal({ pk, sk: 'b' })
        expect((await query({ Limit: 3 })).LastEvaluatedKey).to.equal(undefined)
        const rest = await query({ ExclusiveStartKey: { pk, sk: 'b' } })
        expect(rest).to.deep.include({ Items: [], Count: 0, ScannedCount: 0 })
        expect(rest.LastEvaluatedKey).to.equal(undefined)
      })

      does('leaves out what its filter does not match, after it was read', async () => {
        for (const [sk, list] of [
          ['a', ['x']],
          ['b', ['y', 'xy']],
          ['c', ['z', 'x']],
          ['d', undefined],
        ])
          await put({ sk, list })
        const filtered = {
          FilterExpression: 'contains(#list, :x)',
          ExpressionAttributeNames: { '#list': 'list' },
          ExpressionAttributeValues: { ':x': 'x' },
        }
        const whole = await query(filtered)
        expect(sks(whole.Items)).to.deep.equal(['a', 'c'])
        expect(whole).to.include({ Count: 2, ScannedCount: 4 })
        const limited = await query({ ...filtered, Limit: 2 })
        expect(sks(limited.Items)).to.deep.equal(['a'])
        expect(limited).to.deep.include({ ScannedCount: 2, LastEvaluatedKey: { pk, sk: 'b' } })
      })

      does('finds a part of a text where a filter asks for it', async () => {
        await put({ text: 'a needle in it' })
        const filter = (part: string) => ({
          FilterExpression: 'contains(#text, :part)',
          ExpressionAttributeNames: { '#text': 'text' },
          ExpressionAttributeValues: { ':part': part },
        })
        expect((await query(filter('needle'))).Count).to.equal(1)
        expect((await query(filter('needles'))).Count).to.equal(0)
      })

      does('answers with the attributes that it is asked for', async () => {
        await put({ a: { deep: 1 }, b: 2, c: 3 })
        const names = { '#a': 'a', '#c': 'c', '#d': 'd' }
        const { Items } = await query({ ProjectionExpression: '#a, #c, #d', ExpressionAttributeNames: names })
        expect(Items).to.deep.equal([{ a: { deep: 1 }, c: 3 }])
      })

      does('counts without answering with items', async () => {
        await putAll('a', 'b')
        const answer = await query({ Select: 'COUNT' })
        expect(answer.Count).to.equal(2)
        expect(answer.Items).to.equal(undefined)
      })

      does('ends a page with the item that makes it 1 MB, before it filters or leaves anything out', async () => {
        for (const sk of ['a', 'b', 'c', 'd']) await put({ sk, text: 'x'.repeat(349_600), keep: sk === 'd' })
        const slim = {
          FilterExpression: '#keep = :yes',
          ProjectionExpression: '#sk',
          ExpressionAttributeNames: { '#keep': 'keep', '#sk': 'sk' },
          ExpressionAttributeValues: { ':yes': true },
        }
        const first = await query(slim)
        expect(first).to.deep.include({ Items: [], ScannedCount: 3, LastEvaluatedKey: { pk, sk: 'c' } })
        const second = await query({ ...slim, ExclusiveStartKey: first.LastEvaluatedKey })
        expect(second.Items).to.deep.equal([{ sk: 'd' }])
        expect(second.LastEvaluatedKey).to.equal(undefined)
      })

      does('has no empty partition', async () => {
        expect(await query()).to.deep.include({ Items: [], Count: 0, ScannedCount: 0 })
      })
    })

    describe('a batch', () => {
      const numbered = (count: number) => Array.from({ length: count }, (_, i) => String(i).padStart(3, '0'))

      does('writes 25 items and no more', async () => {
        expect((await write(numbered(25).map((sk) => ({ sk })))).UnprocessedItems).to.deep.equal({})
        expect(sks((await query()).Items)).to.deep.equal(numbered(25))
        expect(await nameOfError(write(numbered(26).map((sk) => ({ sk }))))).to.equal('ValidationException')
        expect(await nameOfError(write([]))).to.equal('ValidationException')
      })

      does('reads 100 keys and no more, those that are there', async () => {
        await putAll('000', '042', '099')
        const answer = await fetch(numbered(100))
        expect(sks(answer.Responses?.[TableName]).sort()).to.deep.equal(['000', '042', '099'])
        expect(answer.UnprocessedKeys).to.deep.equal({})
        expect(await nameOfError(fetch(numbered(101)))).to.equal('ValidationException')
        expect(await nameOfError(fetch([]))).to.equal('ValidationException')
      })

      does('names no item twice', async () => {
        expect(await nameOfError(write([{ sk: 'a' }, { sk: 'a', other: 1 }]))).to.equal('ValidationException')
        expect(await nameOfError(fetch(['a', 'a']))).to.equal('ValidationException')
        expect(await read()).to.equal(undefined)
      })

      does('answers with at most 16 MB, and with the keys that are left', async () => {
        const text = 'x'.repeat(400 * KB - 50)
        for (const some of [numbered(41).slice(0, 25), numbered(41).slice(25)])
          await write(some.map((sk) => ({ sk, text })))
        const answer = await fetch(numbered(41))
        expect(answer.Responses?.[TableName]).to.have.length(40)
        expect(answer.UnprocessedKeys).to.deep.equal({
          [TableName]: { ConsistentRead: true, Keys: [{ pk, sk: '040' }] },
        })
      })
    })

    describe('the units consumed', () => {
      const TOTAL = { ReturnConsumedCapacity: 'TOTAL' } as const

      does('by a write are those of the larger of the items before and after, for each KB that is begun', async () => {
        expect(unitsOf(await put({ text: 'x'.repeat(5_000) }, TOTAL))).to.equal(5)
        expect(unitsOf(await put({ text: 'x' }, TOTAL))).to.equal(5)
        expect(unitsOf(await put({ text: 'y' }, TOTAL))).to.equal(1)
        const change = {
          UpdateExpression: 'SET #text = :text',
          ExpressionAttributeNames: { '#text': 'text' },
          ExpressionAttributeValues: { ':text': 'x'.repeat(2_000) },
        }
        expect(unitsOf(await update({ ...change, ...TOTAL }))).to.equal(2)
      })

      does('by a read are one for each 4 KB that is begun, and for an item that does not exist', async () => {
        await put({ text: 'x'.repeat(9_000) })
        const units = async (sk: string) =>
          unitsOf(await client.send(new GetCommand({ TableName, Key: { pk, sk }, ConsistentRead: true, ...TOTAL })))
        expect(await units('a')).to.equal(3)
        expect(await units('nowhere')).to.equal(1)
      })

      does('by a query are those of the sum of what it reads, filtered or not', async () => {
        for (const sk of ['a', 'b', 'c']) await put({ sk, text: 'x'.repeat(2_500) })
        const nothing = {
          FilterExpression: 'contains(#text, :y)',
          ExpressionAttributeNames: { '#text': 'text' },
          ExpressionAttributeValues: { ':y': 'y' },
        }
        expect(unitsOf(await query(TOTAL))).to.equal(2)
        expect(unitsOf(await query({ ...nothing, ...TOTAL }))).to.equal(2)
        expect(unitsOf(await query({ Limit: 1, ...TOTAL }))).to.equal(1)
      })

      does('by a query that finds nothing are one', async () => {
        expect(unitsOf(await query(TOTAL))).to.equal(1)
      })

      does('by a batch are those of each item', async () => {
        const text = 'x'.repeat(1_500)
        const requests = ['a', 'b', 'c'].map((sk) => ({ PutRequest: { Item: { pk, sk, text } } }))
        const written = await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests }, ...TOTAL }))
        expect(written.ConsumedCapacity?.[0]?.CapacityUnits).to.equal(6)
        const Keys = ['a', 'b', 'nowhere'].map((sk) => ({ pk, sk }))
        const RequestItems = { [TableName]: { Keys, ConsistentRead: true } }
        const found = await client.send(new BatchGetCommand({ RequestItems, ...TOTAL }))
        expect(found.ConsumedCapacity?.[0]?.CapacityUnits).to.equal(3)
      })
    })

    it('lacks nothing that is not named here', () => {
      expect(lacks.filter((title) => !titles.includes(title))).to.deep.equal([])
    })
  })
}

function unitsOf({ ConsumedCapacity }: { ConsumedCapacity?: { CapacityUnits?: number | undefined } | undefined }) {
  return ConsumedCapacity?.CapacityUnits
}

async function nameOfError(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  return error instanceof Error ? error.name : 'none'
}
