import type { SQSEvent, SQSRecord } from 'aws-lambda'
import { eventKey, type ScheduledEvent } from '../../core/event.ts'
import { chooseLane } from '../../core/lane.ts'
import { slotOf } from '../../core/slot.ts'

export const FAILURE_TOPIC = 'arn:aws:sns:eu-west-1:123456789012:scheduler-failure-test'

/** ARN of a topic. */
export function topicArn(name = 'output'): string {
  return `arn:aws:sns:eu-west-1:123456789012:${name}`
}

/** The start of the minute in which most events of the tests are due, epoch ms. */
export const MINUTE_MS = Date.parse('2026-11-23T12:34:00Z')

let made = 0

/**
 * An event as it stands in its slot: due in the middle of `MINUTE_MS`, far ahead when it was parked.
 * @param fields `parkedAtMs` and `shards` decide lane and slot, where those are not given
 */
export function anEvent(
  fields: Partial<ScheduledEvent> & { parkedAtMs?: number; shards?: number } = {},
): ScheduledEvent {
  const { parkedAtMs, shards = 1, ...given } = fields
  const { id = `event-${++made}`, dueAtMs = MINUTE_MS + 30_000, attempt = 1 } = given
  const emitAtMs = given.emitAtMs ?? dueAtMs
  const slot = given.slot ?? slotOf(emitAtMs, id, shards)
  const lane = given.lane ?? (parkedAtMs === undefined ? 'far' : chooseLane(emitAtMs, slot, parkedAtMs))
  const date = new Date(dueAtMs).toISOString()
  const key = eventKey(emitAtMs, id, attempt)
  const rest = { target: topicArn(), payload: `payload of ${id}`, date, user: 'a team' }
  return { ...rest, key, ...given, id, slot, dueAtMs, emitAtMs, lane, attempt }
}

/** An event due so many milliseconds after `MINUTE_MS`. */
export function due(afterMs: number, fields: Partial<ScheduledEvent> = {}): ScheduledEvent {
  return anEvent({ dueAtMs: MINUTE_MS + afterMs, ...fields })
}

/** Fields of an input message: due in the middle of `MINUTE_MS`. A field given as undefined is left out. */
export function aMessage(fields: Record<string, unknown> = {}): string {
  return JSON.stringify({
    date: new Date(MINUTE_MS + 30_000).toISOString(),
    target: topicArn(),
    user: 'a team',
    payload: 'a payload',
    ...fields,
  })
}

/** A record of the input queue: the message in the envelope of SNS. */
export function aRecord(
  message: string,
  { messageId = `sqs-${++made}`, snsId = `sns-${++made}`, publishedAtMs = MINUTE_MS } = {},
): SQSRecord {
  const body = JSON.stringify({
    Type: 'Notification',
    MessageId: snsId,
    TopicArn: topicArn('input'),
    Message: message,
    Timestamp: new Date(publishedAtMs).toISOString(),
  })
  return {
    messageId,
    receiptHandle: messageId,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(publishedAtMs),
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:scheduler-input-test',
    awsRegion: 'eu-west-1',
  }
}

/** A batch of the input queue, one record for each message. */
export function aBatch(...messages: (string | SQSRecord)[]): SQSEvent {
  return { Records: messages.map((message) => (typeof message === 'string' ? aRecord(message) : message)) }
}
