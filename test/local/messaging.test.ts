import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns'
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs'
import { expect } from 'chai'
import { makeQueue, makeTopic, receive, type SnsAndSqs, startSnsAndSqs, subscribe } from './support/messaging.ts'

describe('local SNS and SQS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'messaging-'))
  let local: SnsAndSqs
  beforeEach(async () => {
    local = await startSnsAndSqs()
  })
  afterEach(() => local.stop())
  after(() => rmSync(folder, { recursive: true }))

  const makeTopicWithQueue = async (Attributes: Record<string, string>) => {
    const queue = await makeQueue(local)
    const TopicArn = await makeTopic(local)
    await subscribe(local, { TopicArn, Protocol: 'sqs', Endpoint: queue.arn, Attributes })
    return { TopicArn, ...queue }
  }

  it('name queues by the endpoint, so that clients reach them', async () => {
    const { QueueUrl } = await makeQueue(local)
    expect(QueueUrl).to.equal(`${local.endpoint}/000000000000/q`)
    expect((await local.sqs.send(new GetQueueUrlCommand({ QueueName: 'q' }))).QueueUrl).to.equal(QueueUrl)
  })

  it('deliver a message in an envelope with the id that publishing it returned', async () => {
    const { TopicArn, QueueUrl } = await makeTopicWithQueue({})
    const { MessageId } = await local.sns.send(new PublishCommand({ TopicArn, Message: 'm' }))
    const [message] = await receive(local, QueueUrl, 1)
    expect(JSON.parse(message?.Body ?? '')).to.include({ Type: 'Notification', MessageId, TopicArn, Message: 'm' })
  })

  it('deliver a message raw, with its attributes', async () => {
    const { TopicArn, QueueUrl } = await makeTopicWithQueue({ RawMessageDelivery: 'true' })
    const MessageAttributes = { event_id: { DataType: 'String', StringValue: 'a' } }
    await local.sns.send(
      new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [{ Id: '1', Message: 'm', MessageAttributes }] }),
    )
    const [message] = await receive(local, QueueUrl, 1)
    expect(message?.Body).to.equal('m')
    expect(message?.MessageAttributes?.event_id?.StringValue).to.equal('a')
    await local.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }))
  })

  it('give back at once what a client took that has gone', async () => {
    const { QueueUrl } = await makeQueue(local)
    const impatient = AbortSignal.timeout(100)
    const poll = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 })
    await local.sqs.send(poll, { abortSignal: impatient }).catch(() => {})
    await local.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm' }))
    expect((await receive(local, QueueUrl, 2)).map(({ Body }) => Body)).to.deep.equal(['m'])
  })

  it('keep messages, on another port too, and give them back on demand', async () => {
    const first = await startSnsAndSqs({}, folder)
    const { QueueUrl } = await makeQueue(first)
    await first.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }))
    const [taken] = await receive(first, QueueUrl)
    await first.sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: taken?.ReceiptHandle, VisibilityTimeout: 0 }),
    )
    await first.stop()
    const second = await startSnsAndSqs({}, folder)
    const again = await makeQueue(second)
    expect(again.QueueUrl).to.equal(`${second.endpoint}/000000000000/q`)
    expect((await receive(second, again.QueueUrl)).map(({ Body }) => Body)).to.deep.equal(['kept'])
    await second.stop()
  })

  it('answer nonsense with an error', async () => {
    const headers = {
      authorization: 'Credential=x/20261123/us-east-1/sqs/aws4_request',
      'x-amz-target': 'AmazonSQS.ListQueues',
    }
    for (const body of ['{', 'null']) {
      const type = { 'content-type': 'application/x-amz-json-1.0' }
      const answer = await fetch(local.endpoint, { method: 'POST', headers: { ...headers, ...type }, body })
      expect(answer.status).to.be.oneOf([400, 500])
      expect(await answer.json()).to.have.property('__type')
    }
  })
})
