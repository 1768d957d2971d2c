import * as z from 'zod'
import type { FailureCode, RejectionCode } from '../core/errors.ts'
import { parseInstant } from '../core/instant.ts'
import { parseJson } from '../core/json.ts'

/** A delivery, as it left the scheduler for its target. */
export interface TailedDelivery {
  kind: 'delivery'
  /** The event's. */
  id: string
  /** Epoch ms. */
  dueAtMs: number
  /** 1, or more if earlier attempts failed. */
  attempt: number
  payload: string
  /** Of the message that asked for it, if it had one. */
  traceparent: string | undefined
  /** ARN of the target. */
  topicArn: string
  /** When SNS took it, by SNS's clock, epoch ms. */
  takenAtMs: number
  /** From due until SNS took it, ms; so late were those that were due when they came in, too. */
  latenessMs: number
}

/** A notice that something is wrong with an event. */
export interface TailedNotice {
  kind: 'notice'
  code: RejectionCode | FailureCode
  /** A sentence: what was wrong, the value, what to do. */
  error: string
  /** The event's, where it has a good one. */
  id: string | undefined
  /** The event as it was received; as text, if it was no JSON or too large for the notice. */
  event: unknown
  /** ARN of the failure topic. */
  topicArn: string
  /** When SNS took it, by SNS's clock, epoch ms. */
  takenAtMs: number
}

export type Tailed = TailedDelivery | TailedNotice

/** What SNS puts around a message on its way to SQS. Source: SNS developer guide, HTTP/HTTPS and SQS JSON formats. */
const envelope = z.object({
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.iso.datetime(),
  MessageAttributes: z.record(z.string(), z.object({ Value: z.string() })).default({}),
})

const delivery = z.object({
  event_id: z.string(),
  due: z.string(),
  attempt: z.coerce.number(),
  traceparent: z.string().optional(),
})
const notice = z.object({ code: z.string(), error: z.string(), id: z.string().optional(), event: z.unknown() })

/** What a message of a topic says, if it is the scheduler's: others may publish to the same topic. */
export function readTailed(body: string): Tailed | undefined {
  const { success, data } = envelope.safeParse(parseJson(body))
  if (!success) return undefined
  const { TopicArn: topicArn, Message, Timestamp, MessageAttributes } = data
  const attributes = Object.fromEntries(Object.entries(MessageAttributes).map(([name, { Value }]) => [name, Value]))
  const at = { topicArn, takenAtMs: Date.parse(Timestamp) }
  const delivered = delivery.safeParse(attributes)
  if (delivered.success) return toDelivery(delivered.data, Message, at)
  const noticed = notice.safeParse(parseJson(Message))
  if (!noticed.success || attributes.code !== noticed.data.code) return undefined
  const { code, error, id, event } = noticed.data
  return { kind: 'notice', code: code as TailedNotice['code'], error, id, event, ...at }
}

function toDelivery(
  { event_id: id, due, attempt, traceparent }: z.infer<typeof delivery>,
  payload: string,
  at: Pick<TailedDelivery, 'topicArn' | 'takenAtMs'>,
): TailedDelivery | undefined {
  const dueAtMs = parseInstant(due)
  if (dueAtMs === undefined) return undefined
  return {
    kind: 'delivery',
    id,
    dueAtMs,
    attempt,
    payload,
    traceparent,
    ...at,
    latenessMs: Math.max(0, at.takenAtMs - dueAtMs),
  }
}
