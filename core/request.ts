import type * as z from 'zod'
import type { RejectionCode } from './errors.ts'
import { parseJson } from './json.ts'
import type { Notice } from './notice.ts'
import { MAX_MESSAGE_BYTES, messageBytes } from './output-message.ts'
import { explain, type InputRules, type Instant, requestSchema, show } from './request-schema.ts'
import { isAllowedTarget, isTopicArn } from './target.ts'
import { MAX_AHEAD_MS } from './timetable.ts'

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
  const { rules } = reading
  const received = parseJson(message)
  if (received === undefined)
    return {
      code: 'MESSAGE_NOT_JSON',
      error: `The message is not JSON: ${show(message)}. Publish a JSON object as a string.`,
      event: message,
    }
  if (typeof received !== 'object' || received === null || Array.isArray(received))
    return {
      code: 'MESSAGE_INVALID',
      error: `The message is ${show(received)}. Publish a JSON object with date, target, user and payload.`,
      event: received,
    }
  const fields = Object.fromEntries(Object.entries(received).filter(([, value]) => value !== null))
  const result = schemaOf(rules).safeParse({ action: 'schedule', ...fields })
  const failureTopic = usableTopic(fields.failure_topic, rules)
  if (!result.success) return { ...explain(result.error.issues), event: received, failureTopic }
  return decide(result.data, received, reading)
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
function decide(parsed: Parsed, event: unknown, { defaultId, nowMs }: Reading): Request | Notice {
  const failureTopic = parsed.failure_topic || undefined
  const reject = (code: RejectionCode, error: string): Notice => ({ code, error, event, failureTopic })
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
  if (latest && latest.atMs < date.atMs)
    return reject(
      'LATEST_INVALID',
      `latest ${latest.text} is before date ${date.text}. Give a later one, or leave it out.`,
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
