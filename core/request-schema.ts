import * as z from 'zod'
import { whyNotCarried } from './carried-text.ts'
import { INSTANT_PATTERN, parseInstant } from './instant.ts'
import { MAX_NESTING, writeJson } from './json.ts'
import { whyNoInstant } from './no-instant.ts'
import { show } from './show.ts'
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

const ID = /^[A-Za-z0-9_-]{1,64}$/

/** Whether `value` can be the id of an event. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value)
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
          params: { code: 'TARGET_NOT_ALLOWED' },
          message: `${show(arn)} is not among this stack's allowedTargets (${allowedTargets.join(', ')})`,
        })
    })
  const payload = text('a string (encode objects with JSON.stringify or json.dumps)')
    .min(1, 'is empty, and SNS carries no empty message')
    .superRefine(carried)
  const id = text('a string').regex(ID, {
    error: ({ input }) => `${show(input)} is not 1 to 64 of the characters A-Za-z0-9_-`,
  })
  const failure_topic = z
    .union([z.literal(''), topic])
    .optional()
    .describe("ARN of the SNS topic that is told when something is wrong. Default: the stack's own.")
  const user = enforceUser
    ? text('a string that says how to reach you').min(1, 'is empty: say how to reach you').superRefine(carriedUser)
    : z.unknown().optional().transform(asText).superRefine(carriedUser)
  const schedule = z.object({
    action: z.literal('schedule'),
    date: date.describe(`When it is due. ${ISO_8601_DATE}. In the past means now.`),
    target: topic.describe('ARN of the SNS topic that gets the payload.'),
    user: user.describe('Whom to contact about the event.'),
    payload: payload.describe('What the target gets, as it is.'),
    failure_topic,
    id: id.optional().describe('The same id and date are the same event, however often. Default: the SNS MessageId.'),
    replace: flag().describe('Whether what else is pending under the id is cancelled. Default: false.'),
    latest: date.optional().describe('If the event cannot be delivered by then, it expires instead of arriving late.'),
  })
  const known = (otherwise: string) =>
    date.optional().describe(`The date that the event was scheduled for. Default: ${otherwise}.`)
  const cancel = z.object({
    action: z.literal('cancel'),
    id,
    date: known('all that are pending under the id'),
    failure_topic,
  })
  const reschedule = z.object({
    action: z.literal('reschedule'),
    id,
    date: known('the only one that is pending under the id'),
    new_date: date.describe(`When it is due instead. ${ISO_8601_DATE}.`),
    payload: payload.optional().describe('What the target gets instead. Default: what it would have got.'),
    target: topic.optional().describe('ARN of the SNS topic that gets it instead. Default: the one that would have.'),
    failure_topic,
  })
  return z.discriminatedUnion('action', [schedule, cancel, reschedule], {
    error: ({ input }) => `${show((input as { action?: unknown }).action)} is not schedule, cancel or reschedule`,
  })
}

function flag() {
  return z.boolean({ error: ({ input }) => `is ${show(input)}: it must be true or false` }).optional()
}

/** Refuses a payload that would not arrive as it was sent. */
function carried(payload: string, ctx: z.RefinementCtx): void {
  const why = whyNotCarried(payload)
  if (why) ctx.addIssue(why)
}

function carriedUser(user: string | undefined, ctx: z.RefinementCtx): void {
  const why = whyNotCarried(user ?? '')
  if (why) ctx.addIssue({ code: 'custom', params: { code: 'MESSAGE_INVALID' }, message: why })
}

/** A string, or the reason why it is none. */
function text(expected: string) {
  return z.string({
    error: ({ input }) =>
      input === undefined ? `is missing: it must be ${expected}` : `is ${show(input)}: it must be ${expected}`,
  })
}

const ISO_8601_DATE =
  'ISO 8601 with Z, with an offset, with a time zone as in 2027-03-28T02:30[Europe/Berlin], or with none, which means UTC'

function instant() {
  const written = text('an ISO 8601 date, such as 2026-11-23T12:34:56.789Z').meta({ pattern: INSTANT_PATTERN })
  return written.transform((value, ctx): Instant => {
    const atMs = parseInstant(value)
    if (atMs === undefined) ctx.addIssue(whyNoInstant(value))
    return { text: value, atMs: atMs ?? 0 }
  })
}

function asText(value: unknown, ctx: z.RefinementCtx): string | undefined {
  const refuse = () =>
    ctx.addIssue({
      code: 'custom',
      params: { code: 'MESSAGE_INVALID' },
      message: `is nested deeper than ${MAX_NESTING} levels`,
    })
  return typeof value === 'string' ? value : writeJson(value, refuse)
}
