import { SubscribeCommand, type SubscribeCommandOutput, UnsubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  type CreateQueueCommandOutput,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandOutput,
} from '@aws-sdk/client-sqs'
import { SchedulerError } from '../core/errors.ts'
import type { AwsClient } from './aws-client.ts'

/** Longest wait of one poll, seconds. Source: SQS API reference, ReceiveMessage. */
const POLL_SECONDS = 20

/** What nobody reads is gone after this, seconds: whoever tails looks on. */
const RETENTION_SECONDS = 300

/** Most messages that one request receives or deletes. Source: SQS API reference. */
const MAX_MESSAGES = 10

export interface TailQueueParts {
  sns: AwsClient
  sqs: AwsClient
  /** Of the queue that is made, and removed. */
  queueArn: string
  /** ARNs of the topics that it is subscribed to. */
  topicArns: readonly string[]
}

/** What one receive of a queue got. */
export interface Received {
  /** What has come, as SNS wrapped it. */
  bodies: string[]
  /** Whether more may be there: it got as much as one request can. */
  isFull: boolean
}

export interface Receiving {
  /** Waits up to twenty seconds for something to come. Default: true. */
  waits?: boolean | undefined
  signal?: AbortSignal | undefined
}

/** A queue of one's own, behind some topics. */
export interface TailQueue {
  /** At most ten messages, none if nothing came. What is handed out is not handed out again. */
  receive(how?: Receiving): Promise<Received>
  /** Unsubscribes and removes the queue. */
  remove(): Promise<void>
}

/**
 * Makes a queue and subscribes it to the topics, each message in the envelope of SNS, which says from where and when.
 * @throws SchedulerError `TAIL_FAILED`; nothing is left behind then
 */
export async function openTailQueue({ sns, sqs, queueArn, topicArns }: TailQueueParts): Promise<TailQueue> {
  const url = await creating(sqs, queueArn, topicArns)
  const subscriptions: string[] = []
  const remove = async () => {
    for (const SubscriptionArn of subscriptions.splice(0))
      await attempt('unsubscribe', () => sns.send(new UnsubscribeCommand({ SubscriptionArn })))
    await attempt('remove', () => sqs.send(new DeleteQueueCommand({ QueueUrl: url })))
  }
  try {
    for (const topicArn of topicArns) subscriptions.push(await subscribing(sns, topicArn, queueArn))
  } catch (fault) {
    await remove().catch(() => {})
    throw fault
  }
  return { receive: receiving(sqs, url), remove }
}

async function creating(sqs: AwsClient, queueArn: string, topicArns: readonly string[]): Promise<string> {
  const Attributes = {
    MessageRetentionPeriod: String(RETENTION_SECONDS),
    // What was handed out stays hidden for as long as it is there: deleting it can wait until there are ten.
    VisibilityTimeout: String(RETENTION_SECONDS),
    SqsManagedSseEnabled: 'true',
    Policy: JSON.stringify(onlyFrom(topicArns, queueArn)),
  }
  const create = new CreateQueueCommand({ QueueName: nameOf(queueArn), Attributes })
  const { QueueUrl } = (await attempt('make', () => sqs.send(create))) as CreateQueueCommandOutput
  return String(QueueUrl)
}

async function subscribing(sns: AwsClient, TopicArn: string, Endpoint: string): Promise<string> {
  const subscribe = new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, ReturnSubscriptionArn: true })
  const answer = (await attempt(`subscribe to ${TopicArn}`, () => sns.send(subscribe))) as SubscribeCommandOutput
  return String(answer.SubscriptionArn)
}

function receiving(sqs: AwsClient, QueueUrl: string): TailQueue['receive'] {
  const handedOut: string[] = []
  /** Nobody waits for it, and where it fails the queue is only longer: at most until what is in it is too old. */
  const deleteTen = () => {
    const Entries = handedOut.splice(0, MAX_MESSAGES).map((ReceiptHandle, i) => ({ Id: String(i), ReceiptHandle }))
    void sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })).catch(() => {})
  }
  return async ({ waits = true, signal } = {}) => {
    const poll = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: MAX_MESSAGES,
      WaitTimeSeconds: waits ? POLL_SECONDS : 0,
    })
    const answer = await attempt('read', () => sqs.send(poll, signal ? { abortSignal: signal } : {}))
    const { Messages = [] } = answer as ReceiveMessageCommandOutput
    handedOut.push(...Messages.map(({ ReceiptHandle = '' }) => ReceiptHandle))
    while (handedOut.length >= MAX_MESSAGES) deleteTen()
    return { bodies: Messages.map(({ Body = '' }) => Body), isFull: Messages.length === MAX_MESSAGES }
  }
}

/** @param what completes “could not … the queue” @throws SchedulerError `TAIL_FAILED` */
async function attempt(what: string, call: () => Promise<object>): Promise<object> {
  try {
    return await call()
  } catch (cause) {
    const allow = "Tailing needs what the stack's output clientReadPolicy allows."
    throw new SchedulerError(
      'TAIL_FAILED',
      `Could not ${what}${what.includes(' to ') ? '' : ' the queue'}: ${cause}. ${allow}`,
      {
        cause,
      },
    )
  }
}

const nameOf = (queueArn: string) => String(queueArn.split(':').at(-1))

/** Lets the topics, and nobody else, send to the queue. */
function onlyFrom(topicArns: readonly string[], queueArn: string) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArns } },
      },
    ],
  }
}
