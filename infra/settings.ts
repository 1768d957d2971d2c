import * as pulumi from '@pulumi/pulumi'
import * as z from 'zod'

/** What CloudWatch Logs accepts, in days. Source: PutRetentionPolicy. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]
const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const
/** As JSON: the environment of a function holds 4 KB in all, its policy, where they stand twice, 10,240 characters. */
const MAX_TARGETS_LENGTH = 3_000
const TOPIC_ARN_PATTERN = /^arn:[a-z*-]+:sns:[a-z0-9*-]+:[0-9*]+:[A-Za-z0-9_*.-]+$/

/** The settings of a scheduler. What each accepts is also what its error says. */
export const settingsSchema = z.strictObject({
  /** How many parts every minute is delivered in, side by side; more shards, more events per second. 1 to 64, default 1. */
  shards: whole(1, 64, 1),
  /** Whether anyone in the world may publish to the input topic. Default false: principals of this account. */
  publicInput: flag(false),
  /** Whether an event without `user` is refused. Default true. */
  enforceUser: flag(true),
  /** ARN patterns of the topics that events may go to, `*` is a wildcard. Default: any topic of this account and Region. */
  allowedTargets: targets(),
  /** How long an event stays readable after it was due. Days, 2 to 365, default 7. */
  retentionDays: whole(2, 365, 7),
  /** How often delivery is tried before an event fails. 1 to 100, default 30. */
  maxAttempts: whole(1, 100, 30),
  /** Memory of the emitter and the settler; the CPU grows with it. MB, 128 to 10240, default 512. */
  emitterMemoryMb: whole(128, 10240, 512),
  /** How long logs are kept. Days, one of those CloudWatch accepts (1, 3, 5, 7, 14, 30, … 3653), default 14. */
  logRetentionDays: logRetention(14),
  /** Who is told about alarms; AWS asks for a confirmation by mail. Default: nobody, alarms only show in the console. */
  alarmEmail: z.email({ error: allowed('an email address') }).optional(),
  /** Whether the table is protected from deletion, by Pulumi and by DynamoDB. Default false. */
  protect: flag(false),
  /**
   * The least level that functions log: DEBUG, INFO, WARN or ERROR, default INFO. Above INFO the metrics are
   * dropped too (Lambda takes their lines for INFO), and with them the alarm on unsettled slots.
   */
  logLevel: z.enum(LOG_LEVELS, { error: allowed(LOG_LEVELS.join(', ')) }).default('INFO'),
})

/** Settings as they are used, with all defaults. */
export type Settings = z.output<typeof settingsSchema>
/** Settings as they are given: each is optional. */
export type SchedulerArgs = z.input<typeof settingsSchema>

/** `given`, checked and completed. Throws an error that names every wrong key, its value and what is allowed. */
export function parseSettings(given: Record<string, unknown>, prefix = ''): Settings {
  const result = settingsSchema.safeParse(given)
  if (result.success) return result.data
  throw new pulumi.RunError(result.error.issues.map((issue) => explain(issue, given, prefix)).join('\n'))
}

/** The settings of the running stack: `Pulumi.<stack>.yaml`, or `pulumi config set`. */
export function readSettings(project = pulumi.getProject()): Settings {
  const prefix = `${project}:`
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix))
  return parseSettings(Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), decode(value)])), prefix)
}

/** Pulumi keeps every value as a string: JSON if it was a number, a boolean or a list. */
function decode(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function explain(issue: z.core.$ZodIssue, given: Record<string, unknown>, prefix: string): string {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(settingsSchema.shape).join(', ')
    return issue.keys
      .map((key) => `${prefix}${key} is ${JSON.stringify(given[key])}, but there is no such key; allowed: ${known}`)
      .join('\n')
  }
  const key = String(issue.path[0])
  return `${prefix}${key} is ${JSON.stringify(given[key])}; ${issue.message}`
}

function allowed(what: string): string {
  return `allowed: ${what}`
}

function whole(from: number, to: number, byDefault: number) {
  const error = allowed(`a whole number from ${from} to ${to}`)
  return z.int({ error }).min(from, { error }).max(to, { error }).default(byDefault)
}

function flag(byDefault: boolean) {
  return z.boolean({ error: allowed('true or false') }).default(byDefault)
}

function logRetention(byDefault: number) {
  const error = allowed(LOG_RETENTION_DAYS.join(', '))
  return z.literal(LOG_RETENTION_DAYS, { error }).default(byDefault)
}

function targets() {
  const error = allowed(
    `a list of topic ARNs with * as wildcard, ${MAX_TARGETS_LENGTH} characters in all, such as ["arn:aws:sns:eu-west-1:123456789012:orders-*"]`,
  )
  return z
    .array(z.string({ error }).regex(TOPIC_ARN_PATTERN, { error }), { error })
    .min(1, { error })
    .refine((patterns) => JSON.stringify(patterns).length <= MAX_TARGETS_LENGTH, { error })
    .optional()
}
