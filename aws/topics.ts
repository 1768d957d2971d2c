import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { PublishBatchCommand, PublishCommand, SNSClient, type SNSClientConfig } from '@aws-sdk/client-sns'
import type { ScheduledEvent } from '../core/event.ts'
import { attributesOf } from '../core/output-message.ts'
import type { PublishResult } from '../core/publish-result.ts'
import { PUBLISH_TIMEOUT_MS } from '../core/timetable.ts'
import { asStrings } from './message-attributes.ts'
import { failureOf, failureOfEntry } from './publish-failure.ts'
import { timeouts } from './timeouts.ts'
import { unlogged } from './unlogged.ts'

/**
 * Connections kept to SNS. More than the publishes under way to some fifty slow targets take, and fewer than the 1,024
 * open files of a Lambda instance. Source: Lambda quotas.
 */
const MAX_SOCKETS = 800

/** What the socket of a closed connection says. Source: Node.js, common system errors. */
const CLOSED = ['ECONNRESET', 'EPIPE']

/** A failure notice as a message. */
export interface NoticeMessage {
  body: string
  /** Name → string value. */
  attributes: Record<string, string>
}

/** The only code that publishes: events to their targets, notices to failure topics. */
export function topics(client: SNSClient) {
  return {
    /**
     * Publishes up to ten events to one topic. Never rejects.
     * @returns one result for each event, in order
     */
    async publish(target: string, events: readonly ScheduledEvent[]): Promise<PublishResult[]> {
      try {
        const PublishBatchRequestEntries = events.map((event, i) => ({
          Id: String(i),
          Message: event.payload,
          MessageAttributes: asStrings(attributesOf(event)),
        }))
        const command = new PublishBatchCommand({ TopicArn: target, PublishBatchRequestEntries })
        const { Failed = [] } = await overOpenConnection(() => client.send(command))
        const failed = new Map(Failed.map((entry) => [Number(entry.Id), failureOfEntry(entry)]))
        return events.map((_, i) => failed.get(i) ?? { ok: true })
      } catch (error) {
        const failure = failureOf(error)
        return events.map(() => failure)
      }
    },

    /** Publishes a failure notice. */
    async notify(topic: string, { body, attributes }: NoticeMessage): Promise<PublishResult> {
      try {
        const MessageAttributes = asStrings(attributes)
        const command = new PublishCommand({ TopicArn: topic, Message: body, MessageAttributes })
        await overOpenConnection(() => client.send(command))
        return { ok: true }
      } catch (error) {
        return failureOf(error)
      }
    },
  }
}

export type Topics = ReturnType<typeof topics>

/** A client that leaves retries to the delivery, which knows what they cost other targets: nothing. */
export function snsClient(config: SNSClientConfig = {}): SNSClient {
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS }
  const client = new SNSClient({
    maxAttempts: 1,
    cacheMiddleware: true,
    requestHandler: {
      ...timeouts(PUBLISH_TIMEOUT_MS),
      socketAcquisitionWarningTimeout: PUBLISH_TIMEOUT_MS,
      httpsAgent: new HttpsAgent(agent),
      httpAgent: new HttpAgent(agent),
    },
    ...config,
  })
  return unlogged(client)
}

/**
 * A connection that was closed while it was idle, as those of a frozen instance are, fails at its first use:
 * the request goes out once more, at once, over a new one. Source: Lambda best practices.
 */
async function overOpenConnection<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && CLOSED.includes(String(error.code)))) throw error
    return send()
  }
}
