import { ListSubscriptionsCommand, SetSubscriptionAttributesCommand, SubscribeCommand } from '@aws-sdk/client-sns'
import { expect } from 'chai'
import { errorOf } from '../support/client-error.ts'
import { makeQueue, makeTopic, type SnsAndSqs, startSnsAndSqs, subscribe } from '../support/messaging.ts'

const SERVED = 'delivers to sqs, lambda, and http or https on this machine'

describe('the local SNS, asked to subscribe', () => {
  let local: SnsAndSqs
  let TopicArn: string
  beforeEach(async () => {
    local = await startSnsAndSqs()
    TopicArn = await makeTopic(local)
  })
  afterEach(() => local.stop())

  const refused: [title: string, Protocol: string, Endpoint: string, reason: string][] = [
    ['a queue that is not there', 'sqs', 'arn:aws:sqs:us-east-1:000000000000:none', 'there is no queue arn:aws:sqs:'],
    [
      'a function that no program declares',
      'lambda',
      'arn:aws:lambda:us-east-1:000000000000:function:none',
      'declares no function arn:aws:lambda:',
    ],
    ['an address for mail', 'email', 'me@example.com', `email is not served; the local SNS ${SERVED}`],
    ['an address for mail in JSON', 'email-json', 'me@example.com', SERVED],
    ['a telephone', 'sms', '+15550100', SERVED],
    ['a stream', 'firehose', 'arn:aws:firehose:us-east-1:000000000000:deliverystream/s', SERVED],
    ['an app', 'application', 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/a/b', SERVED],
    ['another machine by its name', 'http', 'http://example.com/', 'example.com is not this machine'],
    ['another machine by its address', 'https', 'https://10.0.0.1/', '10.0.0.1 is not this machine'],
    ['another machine by its IPv6 address', 'http', 'http://[2001:db8::1]/', '[2001:db8::1] is not this machine'],
    ['all addresses of this machine', 'http', 'http://0.0.0.0/', '0.0.0.0 is not this machine'],
    [
      'a name that only begins with an address of this machine',
      'http',
      'http://127.0.0.1.example.com/',
      'is not this machine',
    ],
    ['an address behind a name of this machine', 'http', 'http://localhost@10.0.0.1/', '10.0.0.1 is not this machine'],
    ['http by a URL of https', 'http', 'https://127.0.0.1/', 'begins with http://'],
    ['https by a URL of http', 'https', 'http://127.0.0.1/', 'begins with https://'],
    ['something that is no URL', 'http', 'nonsense', 'begins with http://'],
  ]
  for (const [title, Protocol, Endpoint, reason] of refused)
    it(`refuses ${title}`, async () => {
      const error = await errorOf(local.sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint })))
      expect(error.name).to.equal('InvalidParameterException')
      expect(error.message)
        .to.match(/^Invalid parameter: /)
        .and.contain(reason)
      expect((await local.sns.send(new ListSubscriptionsCommand({}))).Subscriptions).to.deep.equal([])
    })

  for (const host of ['127.0.0.1', '127.255.255.255', '127.1', '0x7f000001', '[::1]', 'localhost', 'a.localhost'])
    it(`takes ${host} for this machine`, async () => {
      const Endpoint = `http://${host}:1/`
      expect(await subscribe(local, { TopicArn, Protocol: 'http', Endpoint })).to.contain(TopicArn)
    })

  it('refuses what is no queue for a FIFO topic', async () => {
    const fifo = await makeTopic(local, 't.fifo')
    const wanted = { TopicArn: fifo, Protocol: 'http', Endpoint: 'http://127.0.0.1:1/' }
    expect((await errorOf(local.sns.send(new SubscribeCommand(wanted)))).message).to.contain('delivers to sqs only')
  })

  const policies: [title: string, name: string, value: string, reason: string][] = [
    ['a filter policy that is no JSON', 'FilterPolicy', '{', 'FilterPolicy: failed to parse JSON'],
    ['a filter policy that is no object', 'FilterPolicy', '[]', 'FilterPolicy: [] is not a JSON object'],
    ['a filter policy with a bare value', 'FilterPolicy', '{"a":"b"}', '"a" must be an object or an array'],
    ['a scope that is none', 'FilterPolicyScope', 'Body', 'Body is neither MessageAttributes nor MessageBody'],
    ['a redrive policy that is no JSON', 'RedrivePolicy', 'x', 'RedrivePolicy: failed to parse JSON'],
    [
      'a dead-letter queue that is not there',
      'RedrivePolicy',
      '{"deadLetterTargetArn":"x"}',
      '"x", no queue of the local stack',
    ],
    ['a redrive policy without a queue', 'RedrivePolicy', '{}', 'no queue of the local stack'],
  ]
  for (const [title, AttributeName, AttributeValue, reason] of policies)
    it(`refuses ${title}, at once and later`, async () => {
      const { arn } = await makeQueue(local)
      const wanted = { TopicArn, Protocol: 'sqs', Endpoint: arn }
      const atOnce = new SubscribeCommand({ ...wanted, Attributes: { [AttributeName]: AttributeValue } })
      const error = await errorOf(local.sns.send(atOnce))
      expect(error.name).to.equal('InvalidParameterException')
      expect(error.message).to.contain(reason)
      const SubscriptionArn = await subscribe(local, wanted)
      const later = new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue })
      expect((await errorOf(local.sns.send(later))).message).to.contain(reason)
    })
})
