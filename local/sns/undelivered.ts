import { randomUUID } from 'node:crypto'
import type { CreateMessage, SqsStore, Subscription } from '../fauxqs.ts'
import type { OnLog } from '../lambda/sandbox.ts'
import type { Failure } from './retries.ts'
import { deadLetterQueueOf } from './subscriptions.ts'

interface Parts {
  queues: SqsStore
  createMessage: CreateMessage
  onLog: OnLog
  /** Nothing is given up any more once it is aborted: what fails then was only interrupted. */
  signal: AbortSignal
}

/**
 * What becomes of a message that a subscription could not be given: it goes to the subscription's dead-letter queue,
 * and it is said. Source of the attributes: Amazon SNS, dead-letter queues.
 */
export function undelivered({ queues, createMessage, onLog, signal }: Parts) {
  /** @param body for the dead-letter queue; without it the message is lost */
  return (subscription: Subscription, { code, reason }: Failure, body?: string): void => {
    if (signal.aborted) return
    const queue = body === undefined ? undefined : deadLetterQueueOf(subscription, queues)
    const attributes = { RequestID: randomUUID(), ErrorCode: code, ErrorMessage: reason }
    queue?.enqueue(createMessage(body ?? '', asTexts(attributes)))
    const fate = queue ? `is in ${queue.name}` : 'is lost to it'
    const message = `a message to ${subscription.endpoint} was not delivered and ${fate}: ${reason}`
    onLog('warn', { message, subscription: subscription.arn }, 'sns')
  }
}

const asTexts = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]))
