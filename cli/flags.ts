import { readFileSync } from 'node:fs'
import type { EventFilter } from '../client/event-list.ts'
import { isLoopback } from '../client/find-stack.ts'
import type { ClientOptions } from '../client/options.ts'
import { durationMs } from '../client/when.ts'
import { SchedulerError } from '../core/errors.ts'
import { isJsonObject, parseJson } from '../core/json.ts'
import { STATUSES, type Status } from '../status/status.ts'

const text = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, optional: true, brief, placeholder }) as const

/** Which scheduler. */
export interface StackFlags {
  stack?: string
  outputs?: string
  local?: boolean
  region?: string
  profile?: string
}

export const STACK_FLAGS = {
  stack: text('The Pulumi stack, in the account and Region that AWS is reached in', 'name'),
  outputs: text('A file with what `pulumi stack output --json` prints', 'file'),
  local: { kind: 'boolean', optional: true, withNegated: false, brief: 'The scheduler of `npm start` on this machine' },
  region: text('The AWS Region; default: as for the AWS CLI', 'region'),
  profile: text('The AWS profile; default: as for the AWS CLI', 'profile'),
} as const

/**
 * What a client is created with. Without a flag it is the scheduler on this machine, if `AWS_ENDPOINT_URL` points there.
 * @throws SchedulerError `STACK_INVALID` if nothing says which, or more than one flag does
 */
export function clientOptionsOf(
  { stack, outputs, local, region, profile }: StackFlags,
  env: NodeJS.ProcessEnv,
): ClientOptions {
  const given = [stack !== undefined && '--stack', outputs !== undefined && '--outputs', local && '--local'].filter(
    Boolean,
  )
  if (given.length > 1)
    throw new SchedulerError('STACK_INVALID', `${given.join(' and ')} name a scheduler each: give one.`)
  const connection = { region, profile }
  if (stack !== undefined) return { stack, ...connection }
  if (outputs !== undefined) return { outputs: outputsIn(outputs), ...connection }
  const endpoint = env.AWS_ENDPOINT_URL
  if (local || (endpoint !== undefined && isLoopback(endpoint))) return { local: true, ...connection }
  throw new SchedulerError(
    'STACK_INVALID',
    'Nothing says which scheduler: give --stack NAME, --outputs FILE, or --local for the one of `aws-scheduler dev`.',
  )
}

function outputsIn(file: string): Record<string, unknown> {
  const wrong = (why: string) =>
    new SchedulerError(
      'STACK_INVALID',
      `--outputs ${file} ${why}: give a file with what pulumi stack output --json prints.`,
    )
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (cause) {
    throw wrong(`cannot be read (${(cause as NodeJS.ErrnoException).code})`)
  }
  const outputs = parseJson(content)
  if (!isJsonObject(outputs)) throw wrong('is no JSON object')
  return outputs
}

/** How it is printed. */
export interface PrintFlags {
  output: 'text' | 'json' | 'jsonl'
  time: 'relative' | 'iso' | 'local'
}

export const PRINT_FLAGS = {
  output: { kind: 'enum', values: ['text', 'json', 'jsonl'], default: 'text', brief: 'For people, or for programs' },
  time: { kind: 'enum', values: ['iso', 'local', 'relative'], default: 'iso', brief: 'How times are shown to people' },
} as const

/** Which events. */
export interface FilterFlags {
  from?: string
  to?: string
  status?: Status[]
  user?: string
  target?: string
  idPrefix?: string
}

export const WHEN =
  'Dates: ISO 8601; local time with its zone, 2027-03-28T02:30[Europe/Berlin]; or from now, in:10m, ago:1h.'

const SPAN_FLAGS = {
  from: text('Due from then on', 'date'),
  to: text('Due before', 'date'),
} as const

const MATCH_FLAGS = {
  user: text('Of this user', 'user'),
  target: text('For this topic', 'arn'),
  idPrefix: text('Whose ids begin so', 'prefix'),
} as const

export const BULK_FLAGS = { ...SPAN_FLAGS, ...MATCH_FLAGS } as const

export const FILTER_FLAGS = {
  ...SPAN_FLAGS,
  status: {
    kind: 'enum',
    values: STATUSES,
    optional: true,
    variadic: ',',
    brief: 'Of these statuses',
  },
  ...MATCH_FLAGS,
} as const

/** Whether a bulk verb asks. */
export const YES_FLAG = {
  yes: { kind: 'boolean', optional: true, withNegated: false, brief: 'Does it without asking' },
} as const

/** A date of a flag as the client takes it: `in:10m` and `ago:1h` count from now. */
export function whenOf(date: string, nowMs: number): string | number | { in: string } {
  const { how, duration = '' } = /^(?<how>in|ago):(?<duration>.*)$/.exec(date)?.groups ?? {}
  if (how === 'in') return { in: duration }
  if (how === 'ago') return nowMs - durationMs(duration)
  return date
}

/** The filter that flags name. */
export function filterOf({ from, to, status, ...match }: FilterFlags, nowMs: number): EventFilter {
  return {
    from: from === undefined ? undefined : whenOf(from, nowMs),
    to: to === undefined ? undefined : whenOf(to, nowMs),
    status,
    user: match.user,
    target: match.target,
    idPrefix: match.idPrefix,
  }
}
