import { PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'

const sns = new SNSClient()
const sqs = new SQSClient()
const INPUT = process.env.INPUT_TOPIC_ARN ?? 'arn:aws:sns:us-east-1:000000000000:scheduler-input-local'
const OUTPUT = process.env.OUTPUT_TOPIC_ARN ?? 'arn:aws:sns:us-east-1:000000000000:scheduler-output-local'

/** How long after one reminder the next one is due, ms. */
const EVERY_MS = Number(process.env.EVERY_MS ?? 24 * 3_600_000)

const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'my-reminders' }))
const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
const subscription = { Protocol: 'sqs', Endpoint: Attributes?.QueueArn, Attributes: { RawMessageDelivery: 'true' } }
await sns.send(new SubscribeCommand({ TopicArn: OUTPUT, ...subscription }))
console.log('ready')
for (;;) {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, MessageAttributeNames: ['All'] }),
  )
  for (const { Body, MessageAttributes, ReceiptHandle } of Messages) {
    const id = MessageAttributes?.event_id?.StringValue ?? ''
    const due = MessageAttributes?.due?.StringValue ?? ''
    console.log(`${id} due ${due}: ${Body}`)
    // Counted from the date that was asked for, not from now, so that reminders do not drift. The same id at another
    // date is another event; and should this message come twice, the same id and date are the same event.
    const date = new Date(Date.parse(due) + EVERY_MS).toISOString()
    const next = JSON.stringify({ id, date, target: OUTPUT, user: 'me@example.com', payload: Body })
    await sns.send(new PublishCommand({ TopicArn: INPUT, Message: next }))
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  }
}
