import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'

const sns = new SNSClient()
const sqs = new SQSClient()
const TOPIC = process.env.OUTPUT_TOPIC_ARN ?? 'arn:aws:sns:us-east-1:000000000000:scheduler-output-local'

/** What SNS puts around a message on its way to a queue that did not ask for raw delivery. */
interface Envelope {
  Message: string
  MessageAttributes: Record<'event_id' | 'due' | 'attempt', { Value: string }>
}

// On AWS the queue needs the policy that sqs-raw.ts shows.
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'my-envelope-queue' }))
const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
await sns.send(new SubscribeCommand({ TopicArn: TOPIC, Protocol: 'sqs', Endpoint: Attributes?.QueueArn }))
console.log('ready')
for (;;) {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }))
  for (const { Body = '', ReceiptHandle } of Messages) {
    const { Message, MessageAttributes }: Envelope = JSON.parse(Body)
    console.log(`${MessageAttributes.event_id.Value} due ${MessageAttributes.due.Value}: ${Message}`)
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  }
}
