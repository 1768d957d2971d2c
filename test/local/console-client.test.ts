import { QueryCommand } from '@aws-sdk/lib-dynamodb'
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
    return consoleClient({
      endpoint,
      dynamoDbEndpoint: dynamoDb.endpoint,
      queues: messaging.queues,
      clock: systemClock,
    })
  }

  it('asks the table where it is served, and not over the port of the stack, which serves none here', async () => {
    const fault = await client()
      .next(1)
      .catch((error) => error)
    expect(fault).to.have.property('code', 'TABLE_NOT_FOUND')
  })

  it('reads in small pages, so that nobody waits while one is parsed', () => {
    const limits = [undefined, 1, 200, 201].map(
      (Limit) => inSmallPages(new QueryCommand({ TableName: 'events', Limit })).input.Limit,
    )
    expect(limits).to.deep.equal([200, 1, 200, 200])
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

  it('tails by a queue of its own, which is gone afterwards', async () => {
    for (const name of ['scheduler-output-local', 'scheduler-failure-local']) await makeTopic(local, name)
    const ending = new AbortController()
    const queues = () => [...local.messaging.queues.allQueues()].map(({ name }) => name)
    let during: string[] = []
    const onReady = () => {
      during = queues()
      setImmediate(() => ending.abort())
    }
    expect(await Array.fromAsync(client().tail({ signal: ending.signal, onReady }))).to.deep.equal([])
    expect(during).to.have.length(1)
    expect(during[0]).to.match(/^scheduler-tail-local-/)
    expect(queues()).to.deep.equal([])
  })
})
