import type { InputMessage } from '../aws/input-topic.ts'
import { type RejectionCode, SchedulerError } from '../core/errors.ts'
import { MAX_MESSAGE_BYTES } from '../core/output-message.ts'
import { isNotice, parseRequest, type Request } from '../core/request.ts'
import type { InputRules } from '../core/request-schema.ts'
import { readTraceparent, TRACEPARENT } from '../core/traceparent.ts'
import { sentBytes } from './chunks.ts'
import { toDate } from './when.ts'

/** A message that the scheduler would accept, as it is sent. */
export interface Checked extends InputMessage {
  request: Request
}

/** What checking takes besides the message. */
export interface Checking {
  rules: InputRules
  /** Epoch ms. */
  nowMs: number
}

/** The fields of a message that are instants. */
const INSTANTS = ['date', 'new_date', 'latest'] as const

/**
 * A message as it is sent, if the scheduler would accept it: checked by the very schema that the validator uses.
 * @throws SchedulerError with the code and the sentence of the notice that there would be
 */
export function checked(message: object, { rules, nowMs }: Checking): Checked {
  const { attributes, body } = withAttributes(withDates(message, nowMs))
  const text = textOf(body)
  const bytes = sentBytes({ text, attributes })
  if (bytes > MAX_MESSAGE_BYTES)
    throw new SchedulerError(
      'PAYLOAD_TOO_LARGE',
      `The message is ${bytes} bytes as JSON, SNS carries ${MAX_MESSAGE_BYTES}. Publish a reference to the data instead.`,
    )
  // The MessageId is known only once it is published; what it stands for here, the id of an event without one, has one.
  const publication = { messageId: 'unpublished', atMs: nowMs }
  const request = parseRequest(text, { publication, rules, nowMs })
  if (isNotice(request)) throw new SchedulerError(request.code as RejectionCode, request.error)
  return { request, text, attributes }
}

/** What goes as an attribute beside the message, and what goes in it. */
function withAttributes(message: unknown) {
  if (typeof message !== 'object' || message === null || !(TRACEPARENT in message)) return { body: message }
  const { [TRACEPARENT]: given, ...body } = message
  const traceparent = readTraceparent(given)
  return traceparent === undefined ? { body } : { body, attributes: { [TRACEPARENT]: traceparent } }
}

/** @throws SchedulerError `MESSAGE_INVALID` for what JSON cannot say */
function textOf(message: unknown): string {
  try {
    return JSON.stringify(message) ?? 'null'
  } catch (cause) {
    throw new SchedulerError('MESSAGE_INVALID', `The message cannot be written as JSON: ${cause}.`, { cause })
  }
}

function withDates(message: object, nowMs: number): unknown {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return message
  const fields: Record<string, unknown> = { ...message }
  for (const name of INSTANTS) if (name in fields) fields[name] = toDate(fields[name], nowMs)
  return fields
}
