import { carriedJson } from './carried-text.ts'
import type { FailureCode, RejectionCode } from './errors.ts'
import { attributesBytes, MAX_MESSAGE_BYTES, utf8Bytes } from './output-message.ts'

/** What a failure topic gets: why an event is not delivered, and the event as it was received. */
export interface Notice {
  /** A sentence: what was wrong, the value, what to do. */
  error: string
  code: RejectionCode | FailureCode
  /** The event as JSON text, as it was received: read and written again, its large numbers would lose digits. */
  event: string
  /** The event's id, where it has a good one. */
  id?: string | undefined
  /** The SNS MessageId of what was received. */
  messageId?: string | undefined
  /** Topic to tell; the stack's own failure topic when absent. */
  failureTopic?: string | undefined
}

/** Room that the cut event leaves for the rest of the notice and JSON's own characters, in bytes. */
const RESERVED_BYTES = 8_192

/**
 * The message body of a notice. An event that is too large for a message with its attributes is cut, as text, and marked
 * `truncated`.
 */
export function noticeBody(notice: Notice): string {
  const { error, code, event, id, messageId } = notice
  const limit = MAX_MESSAGE_BYTES - attributesBytes(noticeAttributes(notice))
  const head = JSON.stringify({ error: error.slice(0, 1_000), code, id, message_id: messageId }).slice(0, -1)
  const body = carriedJson(`${head},"event":${event}}`)
  if (utf8Bytes(body) <= limit) return body
  return carriedJson(`${head},"event":${JSON.stringify(cut(event))},"truncated":true}`)
}

/** Attributes of a notice's message, for subscriptions that filter: name → string value. */
export function noticeAttributes({ code, id }: Notice): Record<string, string> {
  return id === undefined ? { code } : { code, event_id: id }
}

/** The longest half, quarter, … of `text` that is sure to fit, escapes counted. */
function cut(text: string): string {
  const limit = MAX_MESSAGE_BYTES - RESERVED_BYTES
  let kept = text
  while (utf8Bytes(carriedJson(JSON.stringify(kept))) > limit) kept = kept.slice(0, Math.floor(kept.length / 2))
  return kept
}
