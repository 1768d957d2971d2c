import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'

const sns = new SNSClient()
const sqs = new SQSClient()
const TOPIC = process.env.OUTPUT_TOPIC_ARN ?? 'arn:aws:sns:us-east-1:000000000000:scheduler-output-local'

/** A queue that gets what the topic publishes: the payload alone is the body, and the attributes are the message's. */
async function subscribedQueue(name: string): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }))
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
  const arn = Attributes?.QueueArn
  // Without this policy AWS accepts the subscription, and drops every message.
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: arn,
    Condition: { ArnEquals: { 'aws:SourceArn': TOPIC } },
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }))
  const subscription = { TopicArn: TOPIC, Protocol: 'sqs', Endpoint: arn, Attributes: { RawMessageDelivery: 'true' } }
  await sns.send(new SubscribeCommand(subscription))
  return QueueUrl
}

const QueueUrl = await subscribedQueue('my-raw-queue')
console.log('ready')
for (;;) {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      WaitTimeSeconds: 20,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    }),
  )
  for (const { Body, MessageAttributes, ReceiptHandle } of Messages) {
    const { event_id, due, attempt } = MessageAttributes ?? {}
    console.log(`${event_id?.StringValue} due ${due?.StringValue}, attempt ${attempt?.StringValue}: ${Body}`)
    // Only when the work is done: a message that is not deleted comes again.
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  }
}
