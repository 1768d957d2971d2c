import { PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Local, startLocal } from 'aws-scheduler/local'

const local: Local = await startLocal({ port: 0 })
const { inputTopicArn, outputTopicArn } = local.outputs as Record<string, string>
const config = {
  endpoint: local.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
}
const sns = new SNSClient(config)
const sqs = new SQSClient(config)

const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'due' }))
const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
const raw = { RawMessageDelivery: 'true' }
await sns.send(
  new SubscribeCommand({ TopicArn: outputTopicArn, Protocol: 'sqs', Endpoint: Attributes?.QueueArn, Attributes: raw }),
)

const dueAtMs = Date.now() + 2_000
const event = { date: new Date(dueAtMs).toISOString(), target: outputTopicArn, user: 'me', payload: 'hello' }
await sns.send(new PublishCommand({ TopicArn: inputTopicArn, Message: JSON.stringify(event) }))
const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }))
console.log(Messages[0]?.Body, Date.now() < dueAtMs ? 'early' : 'not early')
await local.stop()
console.log('stopped')
