import { expect } from 'chai'
import { emptyStores } from '../../local/fauxqs.ts'
import { Fifo, keepMessagesInFifos } from '../../local/fifo.ts'

describe('messages that wait', () => {
  it('are taken in the order in which they came, however many there are', () => {
    const fifo = new Fifo<number>()
    const taken: (number | undefined)[] = []
    let next = 0
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 100 + round; i++) fifo.push(next++)
      for (let i = 0; i < 90; i++) taken.push(fifo.shift())
    }
    expect(fifo.length).to.equal(next - taken.length)
    expect([...fifo][0]).to.equal(taken.length)
    while (fifo.length > 0) taken.push(fifo.shift())
    expect(taken).to.deep.equal(Array.from({ length: next }, (_, i) => i))
    expect([fifo.shift(), [...fifo]]).to.deep.equal([undefined, []])
  })

  it('are those of a queue of SQS, which takes, puts back and purges them', async () => {
    const { sqsStore } = await emptyStores()
    keepMessagesInFifos(sqsStore)
    const queue = sqsStore.createQueue('q', 'http://queue', 'arn:aws:sqs:us-east-1:000000000000:q')
    expect(queue.messages).to.be.instanceOf(Fifo)
    for (const body of ['one', 'two', 'three']) queue.enqueue(messageOf(body))
    const [first] = queue.dequeue(1, undefined, () => undefined)
    expect(first?.Body).to.equal('one')
    queue.changeVisibility(first?.ReceiptHandle ?? '', 0)
    expect(queue.dequeue(10, 0, () => undefined).map(({ Body }) => Body)).to.deep.equal(['two', 'three', 'one'])
    expect(queue.inspectMessages().ready.length + queue.inspectMessages().inflight.length).to.equal(3)
    queue.purge()
    expect([queue.messages.length, queue.dequeue(10, 0, () => undefined)]).to.deep.equal([0, []])
    expect(queue.messages).to.be.instanceOf(Fifo)
  })

  let count = 0
  const messageOf = (body: string) => ({
    messageId: String(count++),
    body,
    md5OfBody: '',
    messageAttributes: {},
    md5OfMessageAttributes: '',
    sentTimestamp: 0,
    approximateReceiveCount: 0,
  })
})
