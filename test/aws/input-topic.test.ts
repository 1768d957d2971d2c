import { expect } from 'chai'
import { inputTopic } from '../../aws/input-topic.ts'
import { SchedulerError } from '../../core/errors.ts'
import { answering, awsError, type Call, messagesOf, published } from '../support/aws-client.ts'
import { MINUTE_MS, topicArn } from '../support/builders.ts'
import { type FakeClock, fakeClock } from '../support/fake-clock.ts'
import { type Fauxqs, startFauxqs } from '../support/fauxqs.ts'

const TOPIC = topicArn('scheduler-input-dev')
const messages = (...texts: string[]) => texts.map((text) => ({ text }))
const THROTTLED = { Code: 'Throttling', Message: 'Rate exceeded', SenderFault: true }
const REFUSED = { Code: 'InvalidParameter', Message: 'no', SenderFault: true }

describe('publishing to the input topic', () => {
  let clock: FakeClock
  beforeEach(() => {
    clock = fakeClock(MINUTE_MS)
  })
  const topicOf = (answer: (call: Call) => object) => {
    const client = answering(answer)
    return { ...inputTopic({ client, topicArn: TOPIC, clock, random: () => 0.5 }), calls: client.calls }
  }

  it('tells the MessageId of a message', async () => {
    const topic = topicOf(published)
    expect(await topic.publish({ text: 'one' })).to.equal('id-one')
    expect(topic.calls).to.deep.equal([{ name: 'PublishCommand', input: { TopicArn: TOPIC, Message: 'one' } }])
  })

  it('takes the attributes of a message along, where it has some', async () => {
    const topic = topicOf(published)
    const traced = { text: 'one', attributes: { traceparent: 'a' } }
    const MessageAttributes = { traceparent: { DataType: 'String', StringValue: 'a' } }
    await topic.publish(traced)
    await topic.publishBatch([traced, { text: 'two' }])
    const entries = [
      { Id: '0', Message: 'one', MessageAttributes },
      { Id: '1', Message: 'two' },
    ]
    expect(topic.calls.map(({ input }) => input)).to.deep.equal([
      { TopicArn: TOPIC, Message: 'one', MessageAttributes },
      { TopicArn: TOPIC, PublishBatchRequestEntries: entries },
    ])
  })

  it('asks nothing of SNS for no messages', async () => {
    const topic = topicOf(published)
    expect(await topic.publishBatch([])).to.deep.equal([])
    expect(topic.calls).to.deep.equal([])
  })

  for (const [name, code, advice] of [
    ['NotFoundException', 'TOPIC_NOT_FOUND', 'Check the name of the stack, its Region and its account.'],
    ['AuthorizationErrorException', 'TOPIC_DENIED', 'Allow sns:Publish on it'],
    ['InvalidParameterException', 'TOPIC_REFUSED', 'Change the message.'],
    ['ThrottledException', 'TOPIC_UNAVAILABLE', 'Try again later.'],
  ] as const)
    it(`says what to do about ${name}: ${advice}`, async () => {
      const cause = awsError(name)
      const topic = topicOf(() => {
        throw cause
      })
      const fault = await topic.publish({ text: 'one' }).catch((error: unknown) => error)
      expect(fault).to.be.instanceOf(SchedulerError).and.include({ code, cause })
      expect(fault)
        .to.have.property('message')
        .that.contains(`The input topic ${TOPIC} did not take the message (${name}: scripted). ${advice}`)
    })

  it('publishes up to ten messages in one request, and tells of each', async () => {
    const topic = topicOf(published)
    const texts = Array.from({ length: 10 }, (_, i) => `message ${i}`)
    const expected = texts.map((text) => ({ ok: true, messageId: `id-${text}` }))
    expect(await topic.publishBatch(messages(...texts))).to.deep.equal(expected)
    expect(topic.calls).to.have.length(1)
  })

  it('publishes again, a little later, what of a batch SNS did not take for a reason that passes, and that alone', async () => {
    const topic = topicOf((call) =>
      published(call, (text) => (topic.calls.length < 3 && text === 'b' ? THROTTLED : undefined)),
    )
    const results = await clock.run(topic.publishBatch(messages('a', 'b', 'c')))
    expect(results.map((result) => result.ok && result.messageId)).to.deep.equal(['id-a', 'id-b', 'id-c'])
    expect(topic.calls.map(messagesOf)).to.deep.equal([['a', 'b', 'c'], ['b'], ['b']])
    expect(clock.now() - MINUTE_MS).to.equal(100 + 400)
  })

  it('gives up what SNS does not take in four tries', async () => {
    const topic = topicOf((call) => published(call, (text) => (text === 'b' ? THROTTLED : undefined)))
    const [taken, given] = await clock.run(topic.publishBatch(messages('a', 'b')))
    expect(taken).to.deep.equal({ ok: true, messageId: 'id-a' })
    expect(given).to.have.property('ok', false)
    expect(given).to.have.nested.property('error.code', 'TOPIC_UNAVAILABLE')
    expect(topic.calls).to.have.length(4)
  })

  it('does not try again what SNS refuses for good', async () => {
    const topic = topicOf((call) => published(call, (text) => (text === 'a' ? REFUSED : undefined)))
    const [refused, taken] = await topic.publishBatch(messages('a', 'b'))
    expect(refused).to.have.nested.property('error.code', 'TOPIC_REFUSED')
    expect(taken).to.have.property('ok', true)
    expect(topic.calls).to.have.length(1)
  })

  it('tries a whole request again that SNS does not answer, and tells of every message if that does not help', async () => {
    const topic = topicOf(() => {
      throw awsError('TimeoutError')
    })
    const results = await clock.run(topic.publishBatch(messages('a', 'b')))
    for (const result of results) expect(result).to.have.nested.property('error.code', 'TOPIC_UNAVAILABLE')
    expect(topic.calls.map(messagesOf)).to.deep.equal([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  it('says of every message that there is no such topic, at once', async () => {
    const topic = topicOf(() => {
      throw awsError('NotFoundException')
    })
    const results = await topic.publishBatch(messages('a', 'b'))
    for (const result of results) expect(result).to.have.nested.property('error.code', 'TOPIC_NOT_FOUND')
    expect(topic.calls).to.have.length(1)
  })

  describe('on fauxqs', () => {
    let sns: Fauxqs
    before(async () => {
      sns = await startFauxqs()
    })
    after(() => sns.stop())

    it('arrives, each message as it is', async () => {
      const { arn, receive } = await sns.createTopic('input')
      const topic = inputTopic({ client: sns.client, topicArn: arn, clock, random: () => 0.5 })
      const texts = ['{"one": "ä"}', '{"two": "😀"}']
      const results = await topic.publishBatch(messages(...texts))
      const messageId = await topic.publish({ text: 'three' })
      for (const id of [...results.map((result) => (result.ok ? result.messageId : '')), messageId])
        expect(id).to.match(/^[0-9a-f-]{36}$/)
      const bodies = (await receive(3)).map(({ Body }) => Body)
      expect(bodies).to.have.members([...texts, 'three'])
    })
  })
})
