import { endpointClient } from '../aws/endpoint.ts'
import { snsClient, topicArn } from '../aws/sns.ts'
import { sqsClient } from '../aws/sqs.ts'
import { idIn } from '../workload.ts'
import { answerParent, argumentOf } from './child.ts'

export interface ReceiverArgument {
  endpoint: string
  topics: string[]
  /** Long polls under way at once. */
  polls: number
  /** Receives beside them while the queue is full. */
  drains: number
}

/** What has arrived: event ids and, at the same index, when, epoch ms. */
export interface Arrivals {
  ids: string[]
  atMs: number[]
}

// A process that subscribes a queue to the topics and notes when each event arrives.

const WAIT_SECONDS = 2
const MAX_MESSAGES = 10

const { endpoint, topics, polls, drains } = argumentOf<ReceiverArgument>()
const client = endpointClient(endpoint)
const sns = snsClient(client)
const sqs = sqsClient(client)
const { url, arn } = await sqs.createQueue('bench-receiver')
for (const topic of topics) {
  await sns.createTopic(topic)
  await sns.subscribeQueue(topicArn(topic), arn)
}

const ids: string[] = []
const atMs: number[] = []
let stopping = false
let draining = 0

/** One message wakes every poll that waits, so few wait; what is left over is taken without waiting, by many. */
async function poll(): Promise<void> {
  while (!stopping) if ((await take(WAIT_SECONDS)) === MAX_MESSAGES) void drain()
}

async function drain(): Promise<void> {
  if (draining >= drains) return
  draining++
  while ((await take(0)) === MAX_MESSAGES) void drain()
  draining--
}

async function take(waitSeconds: number): Promise<number> {
  const messages = await sqs.receive(url, waitSeconds)
  const now = Date.now()
  for (const { Body } of messages) {
    ids.push(idIn(Body))
    atMs.push(now)
  }
  // Not awaited: the next message is waiting.
  if (messages.length > 0) sqs.deleteAll(url, messages).catch(() => {})
  return messages.length
}

const polling = Promise.all(Array.from({ length: polls }, poll))
answerParent({
  count: () => ids.length,
  arrivals: (): Arrivals => ({ ids, atMs }),
  async stop() {
    stopping = true
    await polling.catch(() => {})
  },
})
