import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { buildApp } from 'fauxqs'

export interface Fauxqs {
  client: SNSClient
  /** Makes a topic with a queue of its own behind it. */
  createTopic(name: string): Promise<{ arn: string; receive(count: number): Promise<Message[]> }>
  stop(): Promise<void>
}

/** SNS and SQS in this process, on loopback. */
export async function startFauxqs(): Promise<Fauxqs> {
  const app = buildApp({ logger: false, defaultRegion: 'eu-west-1' })
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 })
  const place = { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'none', secretAccessKey: 'none' } }
  const client = new SNSClient({ ...place, maxAttempts: 1 })
  // The queue's URL has a name that does not resolve; the client's own endpoint does.
  const sqs = new SQSClient({ ...place, useQueueUrlAsEndpoint: false })
  return {
    client,
    async createTopic(name) {
      const { TopicArn: arn = '' } = await client.send(new CreateTopicCommand({ Name: name }))
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }))
      const Endpoint = arn.replace(':sns:', ':sqs:')
      const Attributes = { RawMessageDelivery: 'true' }
      await client.send(new SubscribeCommand({ TopicArn: arn, Protocol: 'sqs', Endpoint, Attributes }))
      return { arn, receive: (count) => receive(sqs, QueueUrl, count) }
    },
    async stop() {
      client.destroy()
      sqs.destroy()
      await app.close()
    },
  }
}

async function receive(sqs: SQSClient, QueueUrl: string | undefined, count: number): Promise<Message[]> {
  const received: Message[] = []
  const query = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, MessageAttributeNames: ['All'] }
  while (received.length < count) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(query))
    if (Messages.length === 0) throw new Error(`Only ${received.length} of ${count} messages came`)
    received.push(...Messages)
    const Entries = Messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }))
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
  }
  return received
}
