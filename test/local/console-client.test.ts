import { PublishCommand } from '@aws-sdk/client-sns'
import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { systemClock } from '../../aws/system-clock.ts'
import { consoleClient, inSmallPages, oneByOne } from '../../local/console-client.ts'
import { type DynamoDb, startDynamoDb } from '../../local/dynamodb.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { makeTopic, type SnsAndSqs, startSnsAndSqs } from './support/messaging.ts'

describe('the client of the local console', () => {
  let local: SnsAndSqs
  let dynamoDb: DynamoDb
  before(async () => {
    local = await startSnsAndSqs()
    dynamoDb = await startDynamoDb()
  })
  after(async () => {
    await local.stop()
    await dynamoDb.stop()
  })
  const client = () => {
    const { endpoint, messaging } = local
    const { publications } = messaging
    return consoleClient({ endpoint, dynamoDbEndpoint: dynamoDb.endpoint, publications, clock: systemClock })
  }

  it('asks the table where it is served, and not over the port of the stack, which serves none here', async () => {
    const fault = await client()
      .next(1)
      .catch((error) => error)
    expect(fault).to.have.property('code', 'TABLE_NOT_FOUND')
  })

  it('reads in small pages, so that nobody waits while one is parsed', () => {
    const limitOf = (query: Partial<QueryCommandInput>) =>
      inSmallPages(new QueryCommand({ TableName: 'events', ...query })).input.Limit
    expect([undefined, 1, 20, 21].map((Limit) => limitOf({ Limit }))).to.deep.equal([20, 1, 20, 20])
    for (const part of [{ ProjectionExpression: '#sk' }, { Select: 'COUNT' }] as const)
      expect([undefined, 1, 200, 201].map((Limit) => limitOf({ Limit, ...part }))).to.deep.equal([200, 1, 200, 200])
  })

  it('reads one page after the other, with rests that are longer where pages take longer, also after one that failed', async () => {
    const clock = fakeClock(0)
    const turn = oneByOne(clock)
    const asked: number[] = []
    const page = (tookMs: number, fails = false) =>
      turn(async () => {
        asked.push(clock.now())
        await clock.sleep(tookMs)
        if (fails) throw new Error('no page')
        return clock.now()
      })
    const answers = Promise.allSettled([page(10), page(5, true), page(1)])
    const [first, second, third] = await clock.run(answers)
    expect(asked).to.deep.equal([0, 30, 45])
    expect(first).to.include({ value: 10 })
    expect(second).to.include({ status: 'rejected' })
    expect(third).to.include({ value: 46 })
  })

  it('tails without a queue: it hears of what the topics take while it listens', async () => {
    const [output] = [
      await makeTopic(local, 'scheduler-output-local'),
      await makeTopic(local, 'scheduler-failure-local'),
    ]
    const attribute = (StringValue: string) => ({ DataType: 'String', StringValue })
    const publish = (id: string, TopicArn = output) => {
      const MessageAttributes = {
        event_id: attribute(id),
        due: attribute('2026-11-23T12:00:00Z'),
        attempt: attribute('1'),
      }
      return local.sns.send(new PublishCommand({ TopicArn, Message: 'payload', MessageAttributes }))
    }
    await publish('before')
    const ending = new AbortController()
    const other = await makeTopic(local, 'other')
    const onReady = async () => {
      await publish('other', other)
      await publish('first')
    }
    const seen: unknown[] = []
    for await (const one of client().tail({ signal: ending.signal, onReady })) {
      seen.push([one.kind, one.id, one.topicArn])
      if (one.id === 'first') await publish('second')
      else ending.abort()
    }
    expect(seen).to.deep.equal([
      ['delivery', 'first', output],
      ['delivery', 'second', output],
    ])
    expect([...local.messaging.queues.allQueues()]).to.deep.equal([])
  })
})
