import type { RejectionCode } from './errors.ts'
import type { ScheduledEvent } from './event.ts'
import { MAX_MESSAGE_BYTES, messageBytes, utf8Bytes } from './output-message.ts'

/**
 * Most bytes of UTF-8 that the texts of an event have together. An item of the table has at most 409,600, names, numbers
 * and keys included. It holds for all texts, though a large payload stands in an item of its own: so it holds wherever
 * the payload stands. Source: DynamoDB quotas, item size.
 */
export const MAX_EVENT_BYTES = 400_000

/** A payload of more bytes of UTF-8 than this stands in an item apart from its event: one unit of reading. */
export const APART_BYTES = 4_096

/** Whether a payload stands in an item apart from its event. */
export function standsApart(payload: string): boolean {
  return utf8Bytes(payload) > APART_BYTES
}

/** Most that is held at once of payloads that are read in bulk, UTF-16 units. A single one may be larger. */
const MAX_PIECE = 4 * 1024 * 1024

/** Events in pieces whose payloads fit in memory together. @param sizeOf length of a payload in UTF-16 units */
export function* inPieces<T>(events: Iterable<T>, sizeOf: (event: T) => number): Generator<T[]> {
  let piece: T[] = []
  let size = 0
  for (const event of events) {
    const more = sizeOf(event)
    if (piece.length > 0 && size + more > MAX_PIECE) {
      yield piece
      piece = []
      size = 0
    }
    piece.push(event)
    size += more
  }
  if (piece.length > 0) yield piece
}

/** The texts of an event, in the words of the input message. */
export type EventTexts = Pick<
  ScheduledEvent,
  'id' | 'dueAtMs' | 'target' | 'payload' | 'date' | 'user' | 'failureTopic' | 'latest' | 'traceparent'
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
