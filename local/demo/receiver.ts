import { type SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'

interface Clients {
  sns: SNSClient
  sqs: SQSClient
}

interface Arrival {
  eventId: string | undefined
  body: string
  atMs: number
}

/** A queue subscribed to `topicArn`, as anyone who wants the events of a topic would make it. */
export async function receiver({ sns, sqs }: Clients, topicArn: string, name: string, arrived: (a: Arrival) => void) {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }))
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
  const { SubscriptionArn } = await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: Attributes?.QueueArn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  )

  async function take(): Promise<void> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 5,
        MessageAttributeNames: ['event_id'],
      }),
    )
    const atMs = Date.now()
    for (const { Body = '', ReceiptHandle, MessageAttributes } of Messages) {
      arrived({ eventId: MessageAttributes?.event_id?.StringValue, body: Body, atMs })
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
  }

  return {
    /** Takes messages until `done`, or until it is too late. */
    async until(done: () => boolean, deadlineAtMs: number): Promise<void> {
      while (!done() && Date.now() < deadlineAtMs) await take()
    },
    async remove(): Promise<void> {
      await sns.send(new UnsubscribeCommand({ SubscriptionArn }))
      await sqs.send(new DeleteQueueCommand({ QueueUrl }))
    },
  }
}
