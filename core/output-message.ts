import type { ScheduledEvent } from './event.ts'
import { TRACEPARENT } from './traceparent.ts'

/** Largest SNS message, and largest sum of one PublishBatch, in bytes. Source: SNS quotas; PublishBatch API reference. */
export const MAX_MESSAGE_BYTES = 262_144

/** Most entries of one PublishBatch. Source: SNS API reference, PublishBatch. */
export const MAX_BATCH_ENTRIES = 10

/** Attributes of an output message: name → string value. */
export function attributesOf({ id, dueAtMs, attempt, traceparent }: Attributed): Record<string, string> {
  const ours = { event_id: id, due: new Date(dueAtMs).toISOString(), attempt: String(attempt) }
  return traceparent === undefined ? ours : { ...ours, [TRACEPARENT]: traceparent }
}

/** What the attributes are made of. */
type Attributed = Pick<ScheduledEvent, 'id' | 'dueAtMs' | 'attempt' | 'traceparent'>

/** What an output message counts against SNS's limit: payload and attributes, in bytes of UTF-8. */
export function messageBytes(event: Attributed & Pick<ScheduledEvent, 'payload'>): number {
  return utf8Bytes(event.payload) + attributesBytes(attributesOf(event))
}

/** What attributes, all of ASCII, count against SNS's limit: name, type and value, in bytes. */
export function attributesBytes(attributes: Record<string, string>): number {
  return Object.entries(attributes).reduce((sum, [name, value]) => sum + `${name}String${value}`.length, 0)
}

/** More than the attributes of any message count, bytes: names, types, an id, an instant, an attempt and a trace context. */
const MOST_ATTRIBUTES_BYTES = 512

/** Most bytes of UTF-8 that one UTF-16 unit takes. */
const MOST_UNIT_BYTES = 3

/** The longest prefix of `queue`, as a count, that fits one PublishBatch; at least 1. */
export function batchLength(queue: readonly ScheduledEvent[], from: number): number {
  const whole = Math.min(MAX_BATCH_ENTRIES, queue.length - from)
  let most = whole * MOST_ATTRIBUTES_BYTES
  for (let i = 0; i < whole; i++) most += MOST_UNIT_BYTES * (queue[from + i] as ScheduledEvent).payload.length
  // Small ones fit, however they are measured.
  if (most <= MAX_MESSAGE_BYTES) return whole
  let bytes = 0
  let length = 0
  while (length < whole) {
    bytes += messageBytes(queue[from + length] as ScheduledEvent)
    if (length > 0 && bytes > MAX_MESSAGE_BYTES) break
    length++
  }
  return length
}

/** Length of `text` in UTF-8, bytes. */
export function utf8Bytes(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    // A surrogate pair is four bytes for two units, any other unit up to U+FFFF two or three.
    bytes += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return bytes
}
