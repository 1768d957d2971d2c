import { randomUUID } from 'node:crypto'
import type { CreateMessage, SqsStore, Subscription } from '../fauxqs.ts'
import type { LambdaHost } from '../lambda/host.ts'
import type { OnLog } from '../lambda/sandbox.ts'
import { inTurns } from '../turns.ts'
import { type HttpMessage, post } from './http-delivery.ts'
import { confirmationOf, envelopeOf, lambdaEventOf, type Notification } from './notification.ts'
import { type Failure, RETRY_DELAYS_MS, withRetries } from './retries.ts'
import { undelivered } from './undelivered.ts'

/** Requests to HTTP endpoints at a time; messages beyond them wait. */
const HTTP_AT_A_TIME = 50

/** What messages leave SNS by, but for queues. */
export interface Outlets {
  lambda: Pick<LambdaHost, 'has' | 'invoke'>
  onLog: OnLog
  /** Default: RETRY_DELAYS_MS. */
  retryDelaysMs?: readonly number[]
}

interface Parts extends Outlets {
  /** Of the local stack, for links. */
  endpoint: string
  queues: SqsStore
  createMessage: CreateMessage
}

/**
 * Delivers to HTTP endpoints and functions. Unlike on AWS a delivery in progress does not survive the process, a
 * DeliveryPolicy is taken note of but not applied, and nobody is told that a subscription has ended.
 */
export function deliveries({ lambda, onLog, endpoint, retryDelaysMs = RETRY_DELAYS_MS, ...parts }: Parts) {
  const stopping = new AbortController()
  const { signal } = stopping
  const inTurn = inTurns(HTTP_AT_A_TIME)
  const giveUp = undelivered({ ...parts, onLog, signal })

  const sendHttp = (url: string, message: HttpMessage) =>
    withRetries(() => inTurn(() => post(url, message, signal)), retryDelaysMs, signal)

  async function notifyHttp(notification: Notification, subscription: Subscription): Promise<void> {
    const { messageId, topicArn, text } = notification
    const raw = subscription.attributes.RawMessageDelivery === 'true'
    const body = raw ? text : envelopeOf(notification, subscription, endpoint)
    const message = { type: 'Notification', messageId, topicArn, subscriptionArn: subscription.arn, raw, body } as const
    const failure = await sendHttp(subscription.endpoint, message)
    if (failure) giveUp(subscription, failure, body)
  }

  /** A function that fails is Lambda's concern on AWS, which retries it twice: it is no reason for the dead-letter queue. */
  async function invoke(notification: Notification, subscription: Subscription): Promise<void> {
    const event = lambdaEventOf(notification, subscription, endpoint)
    if (!lambda.has(subscription.endpoint)) {
      const gone = { code: 'ResourceNotFoundException', reason: 'there is no such function', again: false }
      return giveUp(subscription, gone, envelopeOf(notification, subscription, endpoint))
    }
    const attempt = () => lambda.invoke(subscription.endpoint, event).then(() => undefined, functionFailed)
    const failure = await withRetries(attempt, retryDelaysMs.slice(0, 2), signal)
    if (failure) giveUp(subscription, failure)
  }

  return {
    /** Never rejects, and is not to be waited for. */
    async deliver(notification: Notification, subscription: Subscription): Promise<void> {
      await (subscription.protocol === 'lambda' ? invoke : notifyHttp)(notification, subscription)
    },
    async askToConfirm(subscription: Subscription): Promise<void> {
      const messageId = randomUUID()
      const { topicArn, endpoint: url } = subscription
      const body = confirmationOf(messageId, subscription, endpoint)
      const failure = await sendHttp(url, { type: 'SubscriptionConfirmation', messageId, topicArn, body })
      if (!failure || signal.aborted) return
      const message = `${url} was not asked to confirm its subscription to ${topicArn}; subscribe again when it runs: ${failure.reason}`
      onLog('warn', { message }, 'sns')
    },
    stop: () => stopping.abort(),
  }
}
export type Deliveries = ReturnType<typeof deliveries>

const functionFailed = (error: Error): Failure => ({ code: 'FunctionError', reason: error.message, again: true })
