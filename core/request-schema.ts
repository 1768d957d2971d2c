import * as z from 'zod'
import { whyNotCarried } from './carried-text.ts'
import type { RejectionCode } from './errors.ts'
import { INSTANT_PATTERN, parseInstant, whyNoInstant } from './instant.ts'
import { isAllowedTarget, isTopicArn, TOPIC_ARN } from './target.ts'

/** What the stack's configuration says about input messages. */
export interface InputRules {
  /** ARN patterns (`*` wildcard) of the topics that may be a target or a failure topic. */
  allowedTargets: readonly string[]
  /** Whether `user` is mandatory. */
  enforceUser: boolean
}

/** An instant as text and as epoch ms. */
export interface Instant {
  text: string
  atMs: number
}

/**
 * One schema for the three actions; every message says what was wrong, the value and what to do. What a field means is
 * said in `meta`, and so is what only code checks: a JSON Schema is made of it.
 */
export function requestSchema({ allowedTargets, enforceUser }: InputRules) {
  const date = instant()
  const topic = text('the ARN of an SNS topic')
    .meta({ pattern: TOPIC_ARN.source })
    .superRefine((arn, ctx) => {
      if (!isTopicArn(arn))
        ctx.addIssue(
          `${show(arn)} is not the ARN of a standard SNS topic, such as arn:aws:sns:us-east-1:123456789012:my-topic`,
        )
      else if (!isAllowedTarget(arn, allowedTargets))
        ctx.addIssue({
          code: 'custom',
          params: { notAllowed: true },
          message: `${show(arn)} is not among this stack's allowedTargets (${allowedTargets.join(', ')})`,
        })
    })
  const payload = text('a string (encode objects with JSON.stringify or json.dumps)')
    .min(1, 'is empty, and SNS carries no empty message')
    .superRefine((value, ctx) => {
      const why = whyNotCarried(value)
      if (why) ctx.addIssue(why)
    })
  const id = text('a string').regex(/^[A-Za-z0-9_-]{1,64}$/, {
    error: ({ input }) => `${show(input)} is not 1 to 64 of the characters A-Za-z0-9_-`,
  })
  const failure_topic = z
    .union([z.literal(''), topic])
    .optional()
    .describe("ARN of the SNS topic that is told when something is wrong. Default: the stack's own.")
  const user = enforceUser
    ? text('a string that says how to reach you').min(1, 'is empty: say how to reach you')
    : z.unknown().optional().transform(asText)
  const schedule = z.object({
    action: z.literal('schedule'),
    date: date.describe(`When it is due. ${ISO_8601_DATE}. In the past means now.`),
    target: topic.describe('ARN of the SNS topic that gets the payload.'),
    user: user.describe('Whom to contact about the event.'),
    payload: payload.describe('What the target gets, as it is.'),
    failure_topic,
    id: id.optional().describe('The same id and date are the same event, however often. Default: the SNS MessageId.'),
    latest: date.optional().describe('If the event cannot be delivered by then, it expires instead of arriving late.'),
  })
  const known = date.describe('The date that the event was scheduled for.')
  const cancel = z.object({ action: z.literal('cancel'), id, date: known, failure_topic })
  const reschedule = z.object({
    action: z.literal('reschedule'),
    id,
    date: known,
    new_date: date.describe(`When it is due instead. ${ISO_8601_DATE}.`),
    payload: payload.optional().describe('What the target gets instead. Default: what it would have got.'),
    target: topic.optional().describe('ARN of the SNS topic that gets it instead. Default: the one that would have.'),
    failure_topic,
  })
  return z.discriminatedUnion('action', [schedule, cancel, reschedule], {
    error: ({ input }) => `${show((input as { action?: unknown }).action)} is not schedule, cancel or reschedule`,
  })
}

/** A string, or the reason why it is none. */
function text(expected: string) {
  return z.string({
    error: ({ input }) =>
      input === undefined ? `is missing: it must be ${expected}` : `is ${show(input)}: it must be ${expected}`,
  })
}

const ISO_8601_DATE = 'ISO 8601 with Z, with an offset, or with neither, which means UTC'

function instant() {
  const written = text('an ISO 8601 date, such as 2026-11-23T12:34:56.789Z').meta({ pattern: INSTANT_PATTERN })
  return written.transform((value, ctx): Instant => {
    const atMs = parseInstant(value)
    if (atMs === undefined) ctx.addIssue(`${show(value)} ${whyNoInstant(value)}: write it as 2026-11-23T12:34:56.789Z`)
    return { text: value, atMs: atMs ?? 0 }
  })
}

function asText(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value)
}

const CODE_OF_FIELD: Record<string, RejectionCode> = {
  action: 'ACTION_INVALID',
  date: 'DATE_INVALID',
  new_date: 'DATE_INVALID',
  target: 'TARGET_INVALID',
  user: 'USER_MISSING',
  payload: 'PAYLOAD_INVALID',
  failure_topic: 'FAILURE_TOPIC_INVALID',
  id: 'ID_INVALID',
  latest: 'LATEST_INVALID',
}

/** The code of the first issue, and a sentence that names them all. */
export function explain(issues: readonly z.core.$ZodIssue[]): { code: RejectionCode; error: string } {
  const flat = issues.flatMap((issue) =>
    issue.code === 'invalid_union' && issue.errors[0] ? withField(issue) : [issue],
  )
  const [first] = flat
  const field = String(first?.path[0] ?? '')
  const params = first?.code === 'custom' ? first.params : undefined
  const code = params?.notAllowed ? 'TARGET_NOT_ALLOWED' : CODE_OF_FIELD[field]
  return {
    code: code ?? 'MESSAGE_INVALID',
    error: `${flat.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}.`,
  }
}

/** Issues of a union's last member (the one that explains most), at the union's field. */
function withField(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] {
  return (issue.errors.at(-1) ?? []).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
}

/** A value as people want to see it in a sentence: quoted, and not too long. */
export function show(value: unknown): string {
  const shown =
    typeof value === 'string' ? JSON.stringify(value.slice(0, 200)) : (JSON.stringify(value) ?? String(value))
  return shown.length > 120 ? `${shown.slice(0, 120)}…` : shown
}
