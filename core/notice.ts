import type { FailureCode, RejectionCode } from './errors.ts'
import { MAX_MESSAGE_BYTES, utf8Bytes } from './output-message.ts'

/** What a failure topic gets: why an event is not delivered, and the event as it was received. */
export interface Notice {
  /** A sentence: what was wrong, the value, what to do. */
  error: string
  code: RejectionCode | FailureCode
  event: unknown
  /** Topic to tell; the stack's own failure topic when absent. */
  failureTopic?: string | undefined
}

/** Room that the cut event leaves for error, code and JSON's own characters, in bytes. */
const RESERVED_BYTES = 8_192

/** The message body of a notice. An event too large for it is cut, as text, and marked `truncated`. */
export function noticeBody({ error, code, event }: Notice): string {
  const sentence = error.slice(0, 1_000)
  const body = JSON.stringify({ error: sentence, code, event })
  if (utf8Bytes(body) <= MAX_MESSAGE_BYTES) return body
  const text = typeof event === 'string' ? event : JSON.stringify(event)
  return JSON.stringify({ error: sentence, code, event: cut(text), truncated: true })
}

/** The longest half, quarter, … of `text` that is sure to fit, escapes counted. */
function cut(text: string): string {
  const limit = MAX_MESSAGE_BYTES - RESERVED_BYTES
  let kept = text
  while (utf8Bytes(JSON.stringify(kept)) > limit) kept = kept.slice(0, Math.floor(kept.length / 2))
  return kept
}
