import { PublishCommand } from '@aws-sdk/client-sns'
import { expect } from 'chai'
import { arnOf } from '../../../local/aws-account.ts'
import { eventually } from '../support/eventually.ts'
import { makeQueue, makeTopic, receive, type SnsAndSqs, startSnsAndSqs, subscribe } from '../support/messaging.ts'

const FUNCTION = arnOf('lambda', 'function:f')

interface SnsEvent {
  Records: { EventSource: string; EventVersion: string; EventSubscriptionArn: string; Sns: Record<string, unknown> }[]
}

describe('a local subscription of a function', () => {
  let local: SnsAndSqs
  let TopicArn: string
  const events: SnsEvent[] = []
  const declared = new Set<string>()
  let failures = 0
  beforeEach(async () => {
    events.splice(0)
    declared.clear()
    declared.add(FUNCTION)
    failures = 0
    local = await startSnsAndSqs({
      lambda: {
        has: (arn) => declared.has(arn),
        async invoke(_arn, event) {
          events.push(event as SnsEvent)
          if (failures-- > 0) throw new Error('it fails')
        },
      },
    })
    TopicArn = await makeTopic(local)
  })
  afterEach(() => local.stop())

  const subscribeFunction = (Attributes = {}) =>
    subscribe(local, { TopicArn, Protocol: 'lambda', Endpoint: FUNCTION, Attributes })
  const publish = (more: object = {}) => local.sns.send(new PublishCommand({ TopicArn, Message: 'm', ...more }))

  it('invokes it with the event of SNS, one message each', async () => {
    const EventSubscriptionArn = await subscribeFunction()
    const MessageAttributes = { n: { DataType: 'String', StringValue: 'v' } }
    const { MessageId } = await publish({ Subject: 's', MessageAttributes })
    const { Records } = await eventually(() => events[0])
    expect(Records).to.have.length(1)
    const { Sns, ...record } = Records[0] ?? expect.fail()
    expect(record).to.deep.equal({ EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn })
    expect(Sns).to.include({ Type: 'Notification', MessageId, TopicArn, Subject: 's', Message: 'm' })
    expect(Sns.MessageAttributes).to.deep.equal({ n: { Type: 'String', Value: 'v' } })
    expect(Sns).to.include.keys('Timestamp', 'SignatureVersion', 'Signature', 'SigningCertUrl', 'UnsubscribeUrl')
  })

  it('says that there is no subject, and gives attributes even if there are none', async () => {
    await subscribeFunction()
    await publish()
    const { Sns } = (await eventually(() => events[0])).Records[0] ?? expect.fail()
    expect(Sns.Subject).to.equal(null)
    expect(Sns.MessageAttributes).to.deep.equal({})
  })

  it('invokes it with what its filter policy lets through', async () => {
    await subscribeFunction({ FilterPolicy: '{"kind":["good"]}', FilterPolicyScope: 'MessageBody' })
    await publish({ Message: '{"kind":"bad"}' })
    await publish({ Message: '{"kind":"good"}' })
    await eventually(() => events[0])
    expect(events.map(({ Records }) => Records[0]?.Sns.Message)).to.deep.equal(['{"kind":"good"}'])
  })

  it('invokes it twice more when it fails, with the same event', async () => {
    failures = 2
    await subscribeFunction()
    await publish()
    await eventually(() => events.length === 3)
    expect(new Set(events.map((event) => JSON.stringify(event))).size).to.equal(1)
    expect(local.logs).to.deep.equal([])
  })

  it('gives up after that, says so, and leaves the dead-letter queue alone', async () => {
    failures = Number.POSITIVE_INFINITY
    const queue = await makeQueue(local, 'dead')
    await subscribeFunction({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queue.arn }) })
    await publish()
    expect(await eventually(() => local.logs[0]))
      .to.contain(FUNCTION)
      .and.contain('it fails')
    expect(events).to.have.length(3)
    expect(await receive(local, queue.QueueUrl)).to.deep.equal([])
  })

  it('puts the message into the dead-letter queue when the function is not there any more', async () => {
    const queue = await makeQueue(local, 'dead')
    await subscribeFunction({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queue.arn }) })
    declared.clear()
    const { MessageId } = await publish()
    const [message] = await receive(local, queue.QueueUrl, 2)
    expect(JSON.parse(message?.Body ?? '')).to.include({ Type: 'Notification', MessageId, Message: 'm' })
    expect(events).to.deep.equal([])
  })
})
