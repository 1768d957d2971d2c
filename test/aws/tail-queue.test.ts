import { CreateTopicCommand, ListSubscriptionsCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect } from 'chai'
import { buildApp } from 'fauxqs'
import type { AwsClient } from '../../aws/aws-client.ts'
import { openTailQueue } from '../../aws/tail-queue.ts'
import { answering, awsError } from '../support/aws-client.ts'
import { topicArn } from '../support/builders.ts'

const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:scheduler-tail-dev-one'
const TOPICS = [topicArn('output'), topicArn('failure')]

/** What AWS answers where all goes well. */
const ANSWERS: Record<string, object> = {
  CreateQueueCommand: { QueueUrl: 'https://queue' },
  SubscribeCommand: { SubscriptionArn: 'subscription' },
}

/** Clients of which one call fails. */
function clients(failing?: string) {
  const answer = ({ name }: { name: string }) => {
    if (name === failing) throw awsError('AccessDenied')
    return ANSWERS[name] ?? {}
  }
  const [sns, sqs] = [answering(answer), answering(answer)]
  return { sns, sqs, open: () => openTailQueue({ sns, sqs, queueArn: QUEUE, topicArns: TOPICS }) }
}
const namesOf = ({ calls }: ReturnType<typeof answering>) => calls.map(({ name }) => name)

describe('a queue to tail by', () => {
  it('is encrypted, lets its topics alone send to it, and keeps nothing for long', async () => {
    const { sqs, open } = clients()
    await open()
    const [{ input } = { input: {} }] = sqs.calls
    const { QueueName, Attributes } = input as { QueueName: string; Attributes: Record<string, string> }
    expect(QueueName).to.equal('scheduler-tail-dev-one')
    expect(Attributes).to.include({ SqsManagedSseEnabled: 'true', MessageRetentionPeriod: '300' })
    expect(JSON.parse(Attributes.Policy ?? '').Statement).to.deep.equal([
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: QUEUE,
        Condition: { ArnEquals: { 'aws:SourceArn': TOPICS } },
      },
    ])
  })

  it('is unsubscribed and removed', async () => {
    const { sns, sqs, open } = clients()
    const queue = await open()
    await queue.remove()
    expect(namesOf(sns)).to.deep.equal([
      'SubscribeCommand',
      'SubscribeCommand',
      'UnsubscribeCommand',
      'UnsubscribeCommand',
    ])
    expect(namesOf(sqs)).to.deep.equal(['CreateQueueCommand', 'DeleteQueueCommand'])
  })

  it('is not left behind where it cannot be subscribed', async () => {
    const { sqs, open } = clients('SubscribeCommand')
    const fault = await open().catch((error) => error)
    expect(fault).to.have.property('code', 'TAIL_FAILED')
    expect(fault.message).to.contain(`Could not subscribe to ${TOPICS[0]}`).and.to.contain('clientReadPolicy')
    expect(namesOf(sqs)).to.deep.equal(['CreateQueueCommand', 'DeleteQueueCommand'])
  })

  it('says that it cannot be made', async () => {
    const fault = await clients('CreateQueueCommand')
      .open()
      .catch((error) => error)
    expect(fault).to.include({ code: 'TAIL_FAILED' })
    expect(fault.message).to.contain('Could not make the queue')
  })

  describe('on fauxqs', () => {
    const app = buildApp({ logger: false, defaultRegion: 'us-east-1' })
    let sns: SNSClient
    let sqs: SQSClient
    before(async () => {
      const endpoint = await app.listen({ host: '127.0.0.1', port: 0 })
      const place = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'none', secretAccessKey: 'none' } }
      sns = new SNSClient(place)
      sqs = new SQSClient({ ...place, useQueueUrlAsEndpoint: false })
    })
    after(async () => {
      sns.destroy()
      sqs.destroy()
      await app.close()
    })

    it('gets what its topics send, in the envelope of SNS, each message once, and is gone afterwards', async () => {
      const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'output' }))
      const queueArn = TopicArn.replace(':sns:', ':sqs:').replace('output', 'scheduler-tail-dev-two')
      const queue = await openTailQueue({ sns, sqs, queueArn, topicArns: [TopicArn] } as {
        sns: AwsClient
        sqs: AwsClient
        queueArn: string
        topicArns: string[]
      })
      await sns.send(new PublishCommand({ TopicArn, Message: 'hello' }))
      const [body = '', ...others] = await queue.receive()
      expect(others).to.deep.equal([])
      expect(JSON.parse(body)).to.include({ TopicArn, Message: 'hello' })
      const abort = AbortSignal.timeout(50)
      const fault = await queue.receive(abort).catch((error) => error)
      expect(fault).to.have.property('code', 'TAIL_FAILED')
      await queue.remove()
      expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls ?? []).to.deep.equal([])
      expect((await sns.send(new ListSubscriptionsCommand({}))).Subscriptions).to.deep.equal([])
    })
  })
})
