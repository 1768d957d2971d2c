import type { AwsClient } from '../../aws/aws-client.ts'
import { dynamoDBInMemory } from '../memory/dynamodb.ts'
import { answering, type Call, messagesOf, published } from './aws-client.ts'

/** A call to AWS, as a policy sees it. */
export interface Request {
  action: string
  resource: string
  context?: Record<string, string>
}

const TABLE = 'arn:aws:dynamodb:eu-west-1:123456789012:table/scheduler-events-dev'
const queueArn = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:${name}`

/** What each command asks of AWS, by its name. Source: Service Authorization Reference. */
const REQUESTS: Record<string, (input: Record<string, string>) => Request> = {
  PublishCommand: ({ TopicArn = '' }) => ({ action: 'sns:Publish', resource: TopicArn }),
  PublishBatchCommand: ({ TopicArn = '' }) => ({ action: 'sns:Publish', resource: TopicArn }),
  SubscribeCommand: ({ TopicArn = '', Protocol = '', Endpoint = '' }) => ({
    action: 'sns:Subscribe',
    resource: TopicArn,
    context: { 'sns:Protocol': Protocol, 'sns:Endpoint': Endpoint },
  }),
  // A subscription's ARN is its topic's, and a name.
  UnsubscribeCommand: ({ SubscriptionArn = '' }) => ({
    action: 'sns:Unsubscribe',
    resource: SubscriptionArn.replace(/:[^:]*$/, ''),
  }),
  CreateQueueCommand: ({ QueueName = '' }) => ({ action: 'sqs:CreateQueue', resource: queueArn(QueueName) }),
  ReceiveMessageCommand: ({ QueueUrl = '' }) => ({ action: 'sqs:ReceiveMessage', resource: ofUrl(QueueUrl) }),
  DeleteMessageBatchCommand: ({ QueueUrl = '' }) => ({ action: 'sqs:DeleteMessage', resource: ofUrl(QueueUrl) }),
  DeleteQueueCommand: ({ QueueUrl = '' }) => ({ action: 'sqs:DeleteQueue', resource: ofUrl(QueueUrl) }),
  DescribeTableCommand: () => ({ action: 'dynamodb:DescribeTable', resource: TABLE }),
  QueryCommand: () => ({ action: 'dynamodb:Query', resource: TABLE }),
  GetCommand: () => ({ action: 'dynamodb:GetItem', resource: TABLE }),
  BatchGetCommand: () => ({ action: 'dynamodb:BatchGetItem', resource: TABLE }),
}
const ofUrl = (url: string) => queueArn(url.split('/').at(-1) ?? '')

/** Clients of AWS for stack `dev`, and what was asked of AWS through them. A queue has what stands in `inbox`. */
export function recordingAws(inbox: string[] = []) {
  const table = dynamoDBInMemory(undefined, 'scheduler-events-dev')
  const requests: Request[] = []
  /** What was published, in order. */
  const sent: Record<string, unknown>[] = []
  const recorded = (answer: (call: Call) => object | Promise<object>): AwsClient =>
    answering((call) => {
      const request = REQUESTS[call.name]
      if (!request) throw new Error(`no policy knows ${call.name}`)
      requests.push(request(call.input as Record<string, string>))
      return answer(call)
    })
  const dynamodb: AwsClient = {
    async send(command) {
      const { name } = command.constructor
      requests.push((REQUESTS[name] as (typeof REQUESTS)[string])({}))
      if (name === 'DescribeTableCommand') return { Table: { TableArn: TABLE } }
      return table.client.send(command as never)
    },
  }
  const sns = recorded((call) => {
    if (call.name === 'SubscribeCommand') return { SubscriptionArn: `${call.input.TopicArn}:a-subscription` }
    if (!call.name.startsWith('Publish')) return {}
    const texts = call.name === 'PublishCommand' ? [String(call.input.Message)] : messagesOf(call)
    sent.push(...texts.map((text) => JSON.parse(text)))
    return published(call)
  })
  const sqs = recorded(async ({ name, input }) => {
    if (name === 'CreateQueueCommand') return { QueueUrl: `https://sqs/${input.QueueName}` }
    if (name !== 'ReceiveMessageCommand') return {}
    // A poll takes a while.
    await new Promise((resolve) => setImmediate(resolve))
    return { Messages: inbox.splice(0).map((Body, i) => ({ Body, ReceiptHandle: String(i) })) }
  })
  return { requests, sent, table, clients: { sns, sqs, dynamodb } }
}
