import type { RejectionCode } from './errors.ts'
import type { ScheduledEvent } from './event.ts'
import { MAX_MESSAGE_BYTES, messageBytes, utf8Bytes } from './output-message.ts'

/**
 * Most bytes of UTF-8 that the texts of an event have together. An item of the table has at most 409,600, names, numbers
 * and keys included. Source: DynamoDB quotas, item size.
 */
export const MAX_EVENT_BYTES = 400_000

/** The texts of an event, in the words of the input message. */
export type EventTexts = Pick<
  ScheduledEvent,
  'id' | 'dueAtMs' | 'target' | 'payload' | 'date' | 'user' | 'failureTopic' | 'latest'
>

/** Why an event is too large to be sent, or to be stored; undefined if it is not. */
export function whyTooLarge(event: EventTexts): { code: RejectionCode; error: string } | undefined {
  const bytes = messageBytes({ ...event, attempt: 100 })
  if (bytes > MAX_MESSAGE_BYTES)
    return {
      code: 'PAYLOAD_TOO_LARGE',
      error: `payload and attributes are ${bytes} bytes, SNS carries ${MAX_MESSAGE_BYTES}. Publish a reference to the data instead.`,
    }
  const fields = fieldBytes(event)
  const sum = fields.reduce((total, [, each]) => total + each, 0)
  if (sum <= MAX_EVENT_BYTES) return undefined
  const [name, most] = fields.reduce((largest, field) => (field[1] > largest[1] ? field : largest))
  return {
    code: 'MESSAGE_TOO_LARGE',
    error: `The fields of the event are ${sum} bytes, ${MAX_EVENT_BYTES} are taken. Shorten ${name}, which is ${most} bytes.`,
  }
}

function fieldBytes({ id, target, payload, date, user, failureTopic, latest }: EventTexts): [string, number][] {
  const texts = { id, target, payload, date, user, failure_topic: failureTopic, latest }
  return Object.entries(texts).map(([name, text = '']) => [name, utf8Bytes(text)])
}
