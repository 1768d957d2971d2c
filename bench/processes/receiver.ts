import { endpointClient } from '../aws/endpoint.ts'
import { snsClient, topicArn } from '../aws/sns.ts'
import { sqsClient } from '../aws/sqs.ts'
import { answerParent, argumentOf } from './child.ts'

export interface ReceiverArgument {
  endpoint: string
  topics: string[]
  /** Long polls under way at once. */
  polls: number
}

/** What has arrived: event ids and, at the same index, when, epoch ms. */
export interface Arrivals {
  ids: string[]
  atMs: number[]
}

// A process that subscribes a queue to the topics and notes when each event arrives.

const { endpoint, topics, polls } = argumentOf<ReceiverArgument>()
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

async function poll(): Promise<void> {
  while (!stopping) {
    const messages = await sqs.receive(url, 2)
    const now = Date.now()
    for (const { MessageAttributes } of messages) {
      ids.push(MessageAttributes?.event_id?.StringValue ?? '')
      atMs.push(now)
    }
    // Not awaited: the next message is waiting.
    if (messages.length > 0) sqs.deleteAll(url, messages).catch(() => {})
  }
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
