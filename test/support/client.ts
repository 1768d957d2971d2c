import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'

export const topicArn = (name: string) => `arn:aws:sns:us-east-1:000000000000:${name}`
export const INPUT = topicArn('scheduler-input-local')
export const OUTPUT = topicArn('scheduler-output-local')
export const FAILURE = topicArn('scheduler-failure-local')

/** A message as it came out of a queue. */
export interface Received {
  body: string
  attributes: Record<string, string>
  /** The receiver's clock, epoch ms. */
  atMs: number
}

/** What a client of the scheduler does, with plain SDK clients. */
export function schedulerClient(endpoint: string) {
  const config = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
  const sns = new SNSClient(config)
  const sqs = new SQSClient(config)
  return {
    /** Publishes to the input topic; anything but a string as JSON. @returns the SNS MessageId */
    async publish(message: unknown): Promise<string> {
      const Message = typeof message === 'string' ? message : JSON.stringify(message)
      const { MessageId } = await sns.send(new PublishCommand({ TopicArn: INPUT, Message }))
      return MessageId as string
    },
    async createTopic(name: string): Promise<string> {
      return (await sns.send(new CreateTopicCommand({ Name: name }))).TopicArn as string
    },
    /** Collects what a topic sends out, through a queue of its own. */
    async collect(topic: string, queueName: string): Promise<Inbox> {
      const { QueueUrl } = await sqs.send(
        new CreateQueueCommand({ QueueName: queueName, Attributes: { VisibilityTimeout: '600' } }),
      )
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
      await sns.send(
        new SubscribeCommand({
          TopicArn: topic,
          Protocol: 'sqs',
          Endpoint: Attributes?.QueueArn,
          Attributes: { RawMessageDelivery: 'true' },
        }),
      )
      return inbox(sqs, QueueUrl as string)
    },
    close() {
      sns.destroy()
      sqs.destroy()
    },
  }
}

export interface Inbox {
  received: Received[]
  /** Resolves when the condition holds of what has come in, or after `timeoutMs`. */
  until(done: (received: readonly Received[]) => boolean, timeoutMs: number): Promise<void>
  stop(): Promise<void>
}

function inbox(sqs: SQSClient, QueueUrl: string): Inbox {
  const received: Received[] = []
  let running = true
  let check = () => {}
  const poll = async () => {
    while (running) {
      const { Messages = [] } = await sqs
        .send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            WaitTimeSeconds: 1,
            MessageAttributeNames: ['All'],
          }),
        )
        .catch(() => ({ Messages: [] }))
      const atMs = Date.now()
      received.push(
        ...Messages.map((message) => ({ body: message.Body ?? '', attributes: attributesOf(message), atMs })),
      )
      check()
      if (Messages.length > 0)
        void sqs
          .send(
            new DeleteMessageBatchCommand({
              QueueUrl,
              Entries: Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle })),
            }),
          )
          .catch(() => {})
    }
  }
  const polling = Promise.all([poll(), poll()])
  return {
    received,
    async until(done, timeoutMs) {
      const deadline = AbortSignal.timeout(timeoutMs)
      await new Promise<void>((resolve) => {
        check = () => done(received) && resolve()
        deadline.addEventListener('abort', () => resolve(), { once: true })
        check()
      })
    },
    async stop() {
      running = false
      await polling
    },
  }
}

function attributesOf({ MessageAttributes = {} }: Message): Record<string, string> {
  return Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue ?? '']),
  )
}
