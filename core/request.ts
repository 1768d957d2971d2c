import type * as z from 'zod'
import type { RejectionCode } from './errors.ts'
import { whyTooLarge } from './event-size.ts'
import { explain } from './explain.ts'
import { asJson, isJsonObject, parseExactly, withoutByteOrderMark } from './json.ts'
import { whyNoJson } from './not-json.ts'
import type { Notice } from './notice.ts'
import type { Publication } from './publication.ts'
import { type InputRules, type Instant, isId, requestSchema } from './request-schema.ts'
import { show } from './show.ts'
import { isAllowedTarget, isTopicArn } from './target.ts'
import { MAX_AHEAD_MS, MIN_LATEST_MS } from './timetable.ts'
import { wrongFields } from './unknown-fields.ts'

/** Who asks, for any of the three. */
interface Asked {
  id: string
  /** The publish that asks. */
  publication: Publication
  failureTopic?: string | undefined
}

export interface ScheduleRequest extends Asked {
  action: 'schedule'
  date: Instant
  target: string
  payload: string
  user?: string | undefined
  latest?: Instant | undefined
  /** Whether it takes the place of what else is pending under its id. */
  replace?: boolean | undefined
  /** The trace context of the publish. */
  traceparent?: string | undefined
}

export interface CancelRequest extends Asked {
  action: 'cancel'
  /** Of the event; without it all that are pending under the id are meant. */
  date?: Instant | undefined
}

export interface RescheduleRequest extends Asked {
  action: 'reschedule'
  /** Of the event; without it the only one that is pending under the id is meant. */
  date?: Instant | undefined
  newDate: Instant
  payload?: string | undefined
  target?: string | undefined
}

export type Request = ScheduleRequest | CancelRequest | RescheduleRequest

/** What reading a message takes besides the message. */
export interface Reading {
  /** The publish that brought the message. Its MessageId is the id of an event that names none. */
  publication: Publication
  rules: InputRules
  /** The trace context of the publish, if it has one. */
  traceparent?: string | undefined
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
    return isNotice(answer) ? { ...answer, messageId: reading.publication.messageId } : answer
  } catch (error) {
    // For a reason nobody thought of: it must not take other messages along.
    const sentence = `The message cannot be read: ${error}. Publish a JSON object with date, target, user and payload.`
    return { code: 'MESSAGE_INVALID', error: sentence, event: asJson(text), messageId: reading.publication.messageId }
  }
}

function read(text: string, reading: Reading): Request | Notice {
  const refused = (code: RejectionCode, error: string): Notice => ({ code, error, event: asJson(text) })
  const received = parseExactly(text)
  if (received === undefined)
    return refused(
      'MESSAGE_NOT_JSON',
      `The message is not JSON: ${whyNoJson(text)}. Publish a JSON object as a string.`,
    )
  if (!isJsonObject(received))
    return refused(
      'MESSAGE_INVALID',
      `The message is ${show(received)}. Publish a JSON object with date, target, user and payload.`,
    )
  const fields = Object.fromEntries(Object.entries(received).filter(([, value]) => value !== null))
  const answer = readFields(fields, reading)
  if (!('code' in answer)) return answer
  const failureTopic = usableTopic(fields.failure_topic, reading.rules)
  return { ...answer, event: asJson(text), id: idOf(fields, reading), failureTopic }
}

type Refusal = Pick<Notice, 'code' | 'error'>

function readFields(fields: Record<string, unknown>, reading: Reading): Request | Refusal {
  const message = { action: 'schedule', ...fields }
  const result = schemaOf(reading.rules).safeParse(message)
  const wrong = typeof message.action === 'string' ? wrongFields(Object.keys(fields), message.action) : []
  if (result.success && wrong.length === 0) return decide(result.data, reading)
  if (result.success) return { code: 'MESSAGE_INVALID', error: sentenceOf(wrong) }
  const { code, problems } = explain(result.error.issues)
  return { code, error: sentenceOf([...problems, ...(code === 'ACTION_INVALID' ? [] : wrong)]) }
}

const sentenceOf = (problems: readonly string[]) => `${problems.join('; ')}.`

/** The id of an event: the one its message names, if it can be one, or that of the message. */
function idOf({ id }: Record<string, unknown>, { publication }: Reading): string | undefined {
  if (id === undefined) return publication.messageId
  return isId(id) ? id : undefined
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
type ParsedAs<Action extends Parsed['action']> = Extract<Parsed, { action: Action }>

/** The rules that concern several fields at once. */
function decide(parsed: Parsed, { publication, traceparent, nowMs }: Reading): Request | Refusal {
  const failureTopic = parsed.failure_topic || undefined
  const asked = (id = publication.messageId): Asked => ({ id, publication, failureTopic })
  const far = [parsed.date, 'new_date' in parsed ? parsed.new_date : parsed.date].find(
    (date) => date !== undefined && (date.atMs < 0 || date.atMs > nowMs + MAX_AHEAD_MS),
  )
  if (far)
    return { code: 'DATE_OUT_OF_RANGE', error: `date ${far.text} is outside the range of 1970 to ten years ahead.` }
  if (parsed.action === 'cancel') return { action: 'cancel', ...asked(parsed.id), date: parsed.date }
  if (parsed.action === 'reschedule') return toReschedule(parsed, asked(parsed.id))
  return toSchedule(parsed, { ...asked(parsed.id), traceparent })
}

function toReschedule(parsed: ParsedAs<'reschedule'>, asked: Asked): RescheduleRequest | Refusal {
  const { date, new_date: newDate, payload, target } = parsed
  if (newDate.atMs === date?.atMs)
    return {
      code: 'DATE_INVALID',
      error: `new_date ${newDate.text} is the date the event already has. Give another.`,
    }
  return { action: 'reschedule', ...asked, date, newDate, payload, target }
}

function toSchedule(
  { id, date, target, payload, user, latest, replace }: ParsedAs<'schedule'>,
  asked: Asked & Pick<ScheduleRequest, 'traceparent'>,
): ScheduleRequest | Refusal {
  if (replace && id === undefined)
    return { code: 'ID_INVALID', error: 'replace needs an id of your own: what is pending under it is replaced.' }
  if (latest && latest.atMs < date.atMs + MIN_LATEST_MS)
    return {
      code: 'LATEST_INVALID',
      error: `latest ${latest.text} is less than ${MIN_LATEST_MS} ms after date ${date.text}. Give a later one, or leave it out.`,
    }
  const texts = { ...asked, dueAtMs: date.atMs, date: date.text, target, payload, user, latest: latest?.text }
  return whyTooLarge(texts) ?? { action: 'schedule', ...asked, date, target, payload, user, latest, replace }
}

/** The failure topic a rejected message names, if notices may go there. */
function usableTopic(value: unknown, { allowedTargets }: InputRules): string | undefined {
  return typeof value === 'string' && isTopicArn(value) && isAllowedTarget(value, allowedTargets) ? value : undefined
}
