import { expect } from 'chai'
import { readEnvelope } from '../../core/envelope.ts'

describe('the envelope of SNS', () => {
  const envelope = {
    Type: 'Notification',
    MessageId: 'a-b-1',
    TopicArn: 'arn',
    Message: '{"a":1}',
    Timestamp: '2026-11-23T12:34:56.789Z',
  }
  const sent = { messageId: 'sqs', sentAtMs: 5 }

  it('gives the message, the MessageId that redelivery does not change, and when the topic took it', () => {
    expect(readEnvelope({ body: JSON.stringify(envelope), ...sent })).to.deep.equal({
      message: '{"a":1}',
      publication: { messageId: 'a-b-1', atMs: Date.parse('2026-11-23T12:34:56.789Z') },
      traceparent: undefined,
    })
  })

  it('gives the trace context of the publish, and none where there is none or it is malformed', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const read = (MessageAttributes: unknown) =>
      readEnvelope({ body: JSON.stringify({ ...envelope, MessageAttributes }), ...sent })
    expect(read({ traceparent: { Type: 'String', Value: traceparent } }).traceparent).to.equal(traceparent)
    for (const other of [{}, { traceparent: { Type: 'String', Value: '00' } }, { traceparent: 5 }, 'none', null])
      expect(read(other)).to.deep.include({ message: '{"a":1}', traceparent: undefined })
  })

  it('gives when the queue took it, where it does not say when the topic did', () => {
    for (const Timestamp of [undefined, 'now', 17])
      expect(readEnvelope({ body: JSON.stringify({ ...envelope, Timestamp }), ...sent }).publication).to.deep.equal({
        messageId: 'a-b-1',
        atMs: 5,
      })
  })

  for (const [what, body] of [
    ['what was sent to the queue directly', '{"date":"2026-11-23","payload":"x"}'],
    ['what is no JSON', 'hello'],
    ['a subscription’s confirmation', JSON.stringify({ ...envelope, Type: 'SubscriptionConfirmation' })],
    ['an envelope with an id that is no id', JSON.stringify({ ...envelope, MessageId: 'a b' })],
    ['an envelope without a message', JSON.stringify({ ...envelope, Message: undefined })],
    ['null', 'null'],
  ] as const)
    it(`is not expected around ${what}, which is taken as the message`, () => {
      expect(readEnvelope({ body, ...sent })).to.deep.equal({
        message: body,
        publication: { messageId: 'sqs', atMs: 5 },
      })
    })
})
