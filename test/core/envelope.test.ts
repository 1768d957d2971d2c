import { expect } from 'chai'
import { readEnvelope } from '../../core/envelope.ts'

describe('the envelope of SNS', () => {
  const envelope = { Type: 'Notification', MessageId: 'a-b-1', TopicArn: 'arn', Message: '{"a":1}', Timestamp: 'now' }

  it('gives the message and, as its id, the MessageId that redelivery does not change', () => {
    expect(readEnvelope({ body: JSON.stringify(envelope), messageId: 'sqs' })).to.deep.equal({
      message: '{"a":1}',
      id: 'a-b-1',
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
      expect(readEnvelope({ body, messageId: 'sqs' })).to.deep.equal({ message: body, id: 'sqs' })
    })
})
