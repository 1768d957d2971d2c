import { connections } from '../aws/connections.ts'
import type { EventsReader } from '../aws/events-table.ts'
import type { InputTopic } from '../aws/input-topic.ts'
import { systemClock } from '../aws/system-clock.ts'
import type { Clock } from '../core/clock.ts'
import type { Checking } from './checked.ts'
import { connectionOf, findStack } from './find-stack.ts'
import type { Receipt } from './messages.ts'
import { newId } from './new-id.ts'
import type { ClientOptions } from './options.ts'
import type { Prepared } from './send-all.ts'
import type { Stack } from './stack.ts'

/** What a client works with. Each part is made when it is first needed: who only schedules loads no DynamoDB. */
export function clientParts(options: ClientOptions) {
  const { clock = systemClock, rules } = options
  const aws = connections(connectionOf(options))
  const stack = again<Stack>(() => findStack(options, aws))
  const topic = again<InputTopic>(async () => {
    const [{ inputTopicArn }, client] = await Promise.all([stack(), aws.sns()])
    const { inputTopic } = await import('../aws/input-topic.ts')
    return inputTopic({ client, topicArn: inputTopicArn, clock, random: Math.random })
  })
  return {
    clock: clock as Clock,
    stack,
    /** What a message is checked by, now. */
    checking: (): Checking => ({
      rules: { allowedTargets: ['*'], enforceUser: true, ...rules },
      nowMs: clock.now(),
    }),
    topic,
    /** Publishes one message. */
    send: async ({ receipt, ...message }: Prepared): Promise<Receipt> => {
      const messageId = await (await topic()).publish(message)
      return { ...receipt, messageId }
    },
    table: again<EventsReader>(async () => {
      const [{ tableName }, client] = await Promise.all([stack(), aws.dynamodb()])
      const { eventsReader } = await import('../aws/events-table.ts')
      return eventsReader({ client, tableName, clock })
    }),
    /** Makes a queue behind the topics; by default the stack's output and failure topics. */
    openTail: async (topicArns?: readonly string[]) => {
      const [{ tailQueueArnPrefix, outputTopicArn, failureTopicArn }, sns, sqs] = await Promise.all([
        stack(),
        aws.sns(),
        aws.sqs(),
      ])
      const { openTailQueue } = await import('../aws/tail-queue.ts')
      const queueArn = `${tailQueueArnPrefix}${newId()}`
      return openTailQueue({ sns, sqs, queueArn, topicArns: topicArns ?? [outputTopicArn, failureTopicArn] })
    },
    close: aws.close,
  }
}

export type ClientParts = ReturnType<typeof clientParts>

/** What is found once and kept; what could not be found is looked for again. */
function again<Value>(find: () => Promise<Value>): () => Promise<Value> {
  let found: Promise<Value> | undefined
  return () => {
    found ??= find().catch((fault) => {
      found = undefined
      throw fault
    })
    return found
  }
}
