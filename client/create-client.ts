import { connections } from '../aws/connections.ts'
import { type InputTopic, inputTopic } from '../aws/input-topic.ts'
import { systemClock } from '../aws/system-clock.ts'
import { scheduleBatch } from './batch.ts'
import type { Client } from './client.ts'
import { connectionOf, findStack } from './find-stack.ts'
import { newId } from './new-id.ts'
import type { ClientOptions } from './options.ts'
import { prepareCancel, prepareReschedule, prepareSchedule } from './prepare.ts'
import type { Prepared } from './send-all.ts'
import type { Stack } from './stack.ts'
import { tail } from './tail.ts'

/**
 * A client of one scheduler. Nothing is called before a method is, and each AWS client is made when it is first needed.
 *
 * @example
 * ```ts
 * import { createClient } from 'aws-scheduler/client'
 *
 * const scheduler = createClient({ stack: 'prod' })
 * const { id } = await scheduler.schedule({ date: { in: '10m' }, target, user: 'orders', payload: 'reminder' })
 * await scheduler.cancel(id)
 * ```
 */
export function createClient(options: ClientOptions): Client {
  const { clock = systemClock, rules } = options
  const aws = connections(connectionOf(options))
  const stack = again<Stack>(() => findStack(options, aws))
  const topic = again<InputTopic>(async () => {
    const [{ inputTopicArn }, client] = await Promise.all([stack(), aws.sns()])
    return inputTopic({ client, topicArn: inputTopicArn, clock, random: Math.random })
  })
  const checking = () => ({ rules: { allowedTargets: ['*'], enforceUser: true, ...rules }, nowMs: clock.now() })
  const send = async ({ text, receipt }: Prepared) => {
    const messageId = await (await topic()).publish(text)
    return { ...receipt, messageId }
  }
  const openTail = (topicArns?: readonly string[]) => async () => {
    const { openTailQueue } = await import('../aws/tail-queue.ts')
    const [{ tailQueueArnPrefix, outputTopicArn, failureTopicArn }, sns, sqs] = await Promise.all([
      stack(),
      aws.sns(),
      aws.sqs(),
    ])
    const queueArn = `${tailQueueArnPrefix}${newId()}`
    return openTailQueue({ sns, sqs, queueArn, topicArns: topicArns ?? [outputTopicArn, failureTopicArn] })
  }
  return {
    schedule: async (event) => send(prepareSchedule(event, checking())),
    scheduleBatch: async (events, batch) => {
      const prepare = (event: Parameters<typeof prepareSchedule>[0]) => prepareSchedule(event, checking())
      return scheduleBatch(events, { topic: await topic(), prepare, clock }, batch)
    },
    cancel: async (event) => send(prepareCancel(event, checking())),
    reschedule: async (change) => send(prepareReschedule(change, checking())),
    tail: (options = {}) => tail(openTail(options.topicArns), options),
    stack,
    close: aws.close,
  }
}

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
