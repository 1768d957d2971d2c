import { expect } from 'chai'
import { arnOf } from '../../../local/aws-account.ts'
import type { LambdaHost } from '../../../local/lambda/host.ts'
import { type Messaging, type Queue, startMessaging } from '../../../local/messaging.ts'
import { type MappingSpec, startEventSourceMapping } from '../../../local/triggers/event-source-mapping.ts'
import { eventually } from '../support/eventually.ts'

interface Batch {
  Records: { messageId: string; body: string; attributes: Record<string, string>; [field: string]: unknown }[]
}

describe('the local event source mapping', () => {
  let messaging: Messaging
  let queue: Queue
  let mapping: { stop(): Promise<void> } | undefined
  let batches: Batch[]

  beforeEach(async () => {
    messaging = await startMessaging('http://127.0.0.1:1')
    queue = messaging.queues.createQueue('q', 'http://127.0.0.1:1/000000000000/q', arnOf('sqs', 'q'))
    batches = []
  })
  afterEach(async () => {
    await mapping?.stop()
    await messaging.stop()
  })

  const send = (...bodies: string[]) => {
    const { createMessage } = messaging.queues.constructor as unknown as { createMessage(body: string): never }
    for (const body of bodies) queue.enqueue(createMessage(body))
  }
  const begin = (answer: (batch: Batch) => unknown, more: Partial<MappingSpec> = {}) => {
    const invoke = async (_arn: string, batch: Batch) => {
      batches.push(batch)
      return answer(batch)
    }
    const spec = {
      queueArn: queue.arn,
      functionArn: 'f',
      batchSize: 10,
      windowMs: 0,
      reportsItemFailures: true,
      ...more,
    }
    mapping = startEventSourceMapping(spec, messaging.queues, { invoke } as unknown as LambdaHost)
  }
  const inFlight = () => [...queue.inflightMessages.values()].map(({ message }) => message.body)
  const sizes = () => batches.map(({ Records }) => Records.length)
  const handled = (count: number) => eventually(() => batches.flatMap(({ Records }) => Records).length === count)

  it('hands over what is in the queue in batches of ten, in the shape of Lambda', async () => {
    send(...Array.from({ length: 12 }, (_, i) => String(i)))
    begin(() => null)
    await handled(12)
    expect(sizes()).to.deep.equal([10, 2])
    const [record] = batches[0]?.Records ?? []
    expect(record).to.include({ body: '0', eventSource: 'aws:sqs', eventSourceARN: queue.arn, awsRegion: 'us-east-1' })
    expect(record).to.include.keys('messageId', 'receiptHandle', 'md5OfBody', 'messageAttributes')
    expect(record?.attributes.ApproximateReceiveCount).to.equal('1')
  })

  it('wakes up for a message that comes later, and deletes it', async () => {
    begin(() => ({ batchItemFailures: [] }))
    send('late')
    await handled(1)
    await eventually(() => inFlight().length === 0)
    expect([...queue.messages]).to.deep.equal([])
  })

  it('leaves the failed items of a batch, and only those, to their visibility timeout', async () => {
    send('good', 'bad')
    begin(({ Records }) => ({ batchItemFailures: [{ itemIdentifier: Records[1]?.messageId }] }))
    await eventually(() => inFlight().length === 1)
    expect(inFlight()).to.deep.equal(['bad'])
  })

  for (const [what, answer] of [
    ['fails', () => Promise.reject(new Error('no'))],
    ['names an item that is not in the batch', () => ({ batchItemFailures: [{ itemIdentifier: 'x' }] })],
    ['names an item without an identifier', () => ({ batchItemFailures: [{}] })],
    ['answers something else than a list', () => ({ batchItemFailures: 'all' })],
  ] as const) {
    it(`leaves the whole batch when the function ${what}`, async () => {
      send('a', 'b')
      begin(answer)
      await handled(2)
      await mapping?.stop()
      expect(inFlight()).to.deep.equal(['a', 'b'])
    })
  }

  it('deletes the whole batch when the mapping asks for no item failures', async () => {
    send('a')
    begin(({ Records }) => ({ batchItemFailures: [{ itemIdentifier: Records[0]?.messageId }] }), {
      reportsItemFailures: false,
    })
    await handled(1)
    await eventually(() => inFlight().length === 0)
  })

  it('takes back at once what a killed process had in flight', async () => {
    send('left behind')
    queue.dequeue(1)
    begin(() => null)
    await handled(1)
    expect(batches[0]?.Records[0]?.attributes.ApproximateReceiveCount).to.equal('2')
  })

  it('handles four batches at once where no more waits than fits into one', async () => {
    const wait = new Promise<null>((resolve) => setTimeout(() => resolve(null), 100))
    send(...Array.from({ length: 35 }, (_, i) => String(i)))
    begin(() => wait)
    await handled(35)
    send(...Array.from({ length: 9 }, (_, i) => String(i)))
    expect(sizes()).to.deep.equal([10, 10, 10, 5])
    await handled(44)
    expect(sizes().slice(4)).to.deep.equal([9])
  })

  it('handles no more batches at once than twelve, or than it is told', async () => {
    for (const [mostAtOnce, most] of [
      [undefined, 12],
      [100, 12],
      [6, 6],
      [2, 2],
    ]) {
      batches = []
      let [underWay, mostUnderWay] = [0, 0]
      const count = async () => {
        mostUnderWay = Math.max(mostUnderWay, ++underWay)
        await new Promise((resolve) => setTimeout(resolve, 5))
        underWay--
        return null
      }
      send(...Array.from({ length: 500 }, (_, i) => String(i)))
      begin(count, { mostAtOnce })
      await handled(500)
      expect(mostUnderWay).to.equal(most)
      await mapping?.stop()
    }
  })

  it('gathers a batch for its window', async () => {
    begin(() => null, { batchSize: 100, windowMs: 200 })
    send('a')
    await new Promise((resolve) => setTimeout(resolve, 20))
    send('b', 'c')
    await handled(3)
    expect(sizes()).to.deep.equal([3])
  })

  it('hands over a batch that is full before its window is over', async () => {
    send(...Array.from({ length: 25 }, (_, i) => String(i)))
    begin(() => null, { batchSize: 25, windowMs: 60_000 })
    await handled(25)
    expect(sizes()).to.deep.equal([25])
  })

  it('takes a batch for full before it could outgrow the six megabytes of an invocation', async () => {
    send(...Array.from({ length: 40 }, () => 'x'.repeat(256 * 1024)))
    begin(() => null, { batchSize: 1_000, windowMs: 60_000 })
    await handled(40)
    expect(sizes()).to.deep.equal([20, 20])
  })

  it('hands over at once what it has gathered when it is stopped', async () => {
    begin(() => null, { batchSize: 100, windowMs: 60_000 })
    send('a')
    await eventually(() => inFlight().length === 1)
    await mapping?.stop()
    expect(sizes()).to.deep.equal([1])
  })

  it('takes no message any more once it is stopped', async () => {
    begin(() => null)
    await mapping?.stop()
    send('too late')
    expect(queue.messages).to.have.lengthOf(1)
  })
})
