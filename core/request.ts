import type * as z from 'zod'
import type { RejectionCode } from './errors.ts'
import { parseJson, whyNoJson, withoutByteOrderMark } from './json.ts'
import type { Notice } from './notice.ts'
import { MAX_EVENT_BYTES, MAX_MESSAGE_BYTES, messageBytes, utf8Bytes } from './output-message.ts'
import { explain, type InputRules, type Instant, requestSchema, show } from './request-schema.ts'
import { isAllowedTarget, isTopicArn } from './target.ts'
import { MAX_AHEAD_MS, MIN_LATEST_MS } from './timetable.ts'
import { wrongFields } from './unknown-fields.ts'

export interface ScheduleRequest {
  action: 'schedule'
  id: string
  date: Instant
  target: string
  payload: string
  user?: string | undefined
  failureTopic?: string | undefined
  latest?: Instant | undefined
}

export interface CancelRequest {
  action: 'cancel'
  id: string
  date: Instant
  failureTopic?: string | undefined
}

export interface RescheduleRequest {
  action: 'reschedule'
  id: string
  date: Instant
  newDate: Instant
  payload?: string | undefined
  target?: string | undefined
  failureTopic?: string | undefined
}

export type Request = ScheduleRequest | CancelRequest | RescheduleRequest

/** What reading a message takes besides the message. */
export interface Reading {
  /** The SNS MessageId, for events that name no id. */
  defaultId: string
  rules: InputRules
  /** Epoch ms. */
  nowMs: number
}

/**
 * Reads an input message.
 * @returns the request, or the notice that says why it is not accepted
 */
export function parseRequest(message: string, reading: Reading): Request | Notice {
  const text = withoutByteOrderMark(message)
  try {
    const answer = read(text, reading)
    return isNotice(answer) ? { ...answer, messageId: reading.defaultId } : answer
  } catch (error) {
    // Such as nesting so deep that looking at it takes more stack than there is.
    const sentence = `The message cannot be read: ${error}. Publish a JSON object with date, target, user and payload.`
    return { code: 'MESSAGE_INVALID', error: sentence, event: eventOf(text), messageId: reading.defaultId }
  }
}

function read(text: string, reading: Reading): Request | Notice {
  const received = parseJson(text)
  if (received === undefined)
    return {
      code: 'MESSAGE_NOT_JSON',
      error: `The message is not JSON: ${whyNoJson(text)}. Publish a JSON object as a string.`,
      event: JSON.stringify(text),
    }
  const refused = (code: RejectionCode, error: string): Notice => ({ code, error, event: text })
  if (typeof received !== 'object' || received === null || Array.isArray(received))
    return refused(
      'MESSAGE_INVALID',
      `The message is ${show(received)}. Publish a JSON object with date, target, user and payload.`,
    )
  const fields = Object.fromEntries(Object.entries(received).filter(([, value]) => value !== null))
  const about = { id: goodId(fields.id), failureTopic: usableTopic(fields.failure_topic, reading.rules) }
  if (isTooLarge(text))
    return {
      ...refused(
        'MESSAGE_TOO_LARGE',
        `The message is ${utf8Bytes(text)} bytes, ${MAX_EVENT_BYTES} are taken. Publish a reference to the data instead.`,
      ),
      ...about,
    }
  const result = schemaOf(reading.rules).safeParse({ action: 'schedule', ...fields })
  if (!result.success) return { ...explain(result.error.issues), event: text, ...about }
  const wrong = wrongFields(Object.keys(fields), result.data.action)
  if (wrong.length > 0) return { ...refused('MESSAGE_INVALID', `${wrong.join('; ')}.`), ...about }
  return decide(result.data, text, reading)
}

/** The received text as JSON text: as it is, or as a string if it is none. */
export function eventOf(received: string): string {
  const text = withoutByteOrderMark(received)
  return parseJson(text) === undefined ? JSON.stringify(text) : text
}

/** Whether it may not fit an item of the table: it was sent to the queue itself, which takes 1 MiB. */
function isTooLarge(text: string): boolean {
  return text.length * 3 > MAX_EVENT_BYTES && utf8Bytes(text) > MAX_EVENT_BYTES
}

function goodId(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value) ? value : undefined
}

/** Whether the parser answered with a notice. */
export function isNotice(answer: Request | Notice): answer is Notice {
  return 'code' in answer
}

/** Building a schema costs more than using it, and the rules of an instance never change. */
const schemas = new WeakMap<InputRules, ReturnType<typeof requestSchema>>()

function schemaOf(rules: InputRules) {
  const schema = schemas.get(rules) ?? requestSchema(rules)
  schemas.set(rules, schema)
  return schema
}

type Parsed = z.infer<ReturnType<typeof requestSchema>>

/** The rules that concern several fields at once. */
function decide(parsed: Parsed, event: string, { defaultId, nowMs }: Reading): Request | Notice {
  const failureTopic = parsed.failure_topic || undefined
  const reject = (code: RejectionCode, error: string): Notice => ({ code, error, event, id: parsed.id, failureTopic })
  const far = [parsed.date, 'new_date' in parsed ? parsed.new_date : parsed.date].find(
    ({ atMs }) => atMs < 0 || atMs > nowMs + MAX_AHEAD_MS,
  )
  if (far) return reject('DATE_OUT_OF_RANGE', `date ${far.text} is outside the range of 1970 to ten years ahead.`)
  if (parsed.action === 'cancel') return { action: 'cancel', id: parsed.id, date: parsed.date, failureTopic }
  if (parsed.action === 'reschedule') {
    if (parsed.new_date.atMs === parsed.date.atMs)
      return reject('DATE_INVALID', `new_date ${parsed.new_date.text} is the date the event already has. Give another.`)
    const { id, date, new_date: newDate, payload, target } = parsed
    return { action: 'reschedule', id, date, newDate, payload, target, failureTopic }
  }
  const { date, target, payload, user, latest, id = defaultId } = parsed
  if (latest && latest.atMs - date.atMs < MIN_LATEST_MS)
    return reject(
      'LATEST_INVALID',
      `latest ${latest.text} is less than ${MIN_LATEST_MS} ms after date ${date.text}. Give a later one, or leave it out.`,
    )
  const bytes = messageBytes({ id, dueAtMs: date.atMs, attempt: 100, payload })
  if (bytes > MAX_MESSAGE_BYTES)
    return reject(
      'PAYLOAD_TOO_LARGE',
      `payload and attributes are ${bytes} bytes, SNS carries ${MAX_MESSAGE_BYTES}. Publish a reference to the data instead.`,
    )
  return { action: 'schedule', id, date, target, payload, user, failureTopic, latest }
}

/** The failure topic a rejected message names, if notices may go there. */
function usableTopic(value: unknown, { allowedTargets }: InputRules): string | undefined {
  return typeof value === 'string' && isTopicArn(value) && isAllowedTarget(value, allowedTargets) ? value : undefined
}
