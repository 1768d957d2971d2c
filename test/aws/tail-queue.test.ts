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
    expect(Attributes.VisibilityTimeout).to.equal(Attributes.MessageRetentionPeriod)
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

  describe('deletes what it has handed out', () => {
    /** A queue that receives as many messages as is said, and the receipts of each delete. */
    async function receiving(...counts: number[]) {
      let number = 0
      const deletes: string[] = []
      const sqs = answering(({ name, input }) => {
        if (name === 'DeleteMessageBatchCommand') {
          const { Entries } = input as { Entries: { Id: string; ReceiptHandle: string }[] }
          deletes.push(Entries.map(({ Id, ReceiptHandle }) => `${Id}:${ReceiptHandle}`).join(' '))
          throw awsError('ServiceUnavailable')
        }
        if (name !== 'ReceiveMessageCommand') return ANSWERS[name] ?? {}
        const Messages = Array.from({ length: counts.shift() ?? 0 }, () => ({
          ReceiptHandle: `r${number++}`,
          Body: '',
        }))
        return Messages.length > 0 ? { Messages } : {}
      })
      const { sns } = clients()
      const queue = await openTailQueue({ sns, sqs, queueArn: QUEUE, topicArns: TOPICS })
      return { queue, deletes, sqs }
    }

    it('in tens, and says whether it got as much as it can', async () => {
      const { queue, deletes } = await receiving(9, 10, 3)
      expect(await queue.receive()).to.deep.equal({ bodies: Array(9).fill(''), isFull: false })
      expect(deletes).to.deep.equal([])
      expect((await queue.receive()).isFull).to.equal(true)
      expect(deletes).to.deep.equal(['0:r0 1:r1 2:r2 3:r3 4:r4 5:r5 6:r6 7:r7 8:r8 9:r9'])
      expect((await queue.receive()).bodies).to.have.length(3)
      expect(deletes[1]).to.match(/^0:r10 .*9:r19$/)
    })

    it('or leaves it until it is too old, where it cannot', async () => {
      const { queue } = await receiving(10, 1)
      await queue.receive()
      expect((await queue.receive()).bodies).to.have.length(1)
    })

    it('and waits for what comes unless it is told not to', async () => {
      const { queue, sqs } = await receiving()
      expect(await queue.receive()).to.deep.equal({ bodies: [], isFull: false })
      await queue.receive({ waits: false })
      const waits = sqs.calls.flatMap(({ name, input }) =>
        name === 'ReceiveMessageCommand' ? [(input as { WaitTimeSeconds: number }).WaitTimeSeconds] : [],
      )
      expect(waits).to.deep.equal([20, 0])
    })
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
      const {
        bodies: [body = '', ...others],
      } = await queue.receive()
      expect(others).to.deep.equal([])
      expect(JSON.parse(body)).to.include({ TopicArn, Message: 'hello' })
      const signal = AbortSignal.timeout(50)
      const fault = await queue.receive({ signal }).catch((error) => error)
      expect(fault).to.have.property('code', 'TAIL_FAILED')
      await queue.remove()
      expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls ?? []).to.deep.equal([])
      expect((await sns.send(new ListSubscriptionsCommand({}))).Subscriptions).to.deep.equal([])
    })
  })
})
