import type { Random } from '../../core/clock.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000

/** A consequence of a fault that the design accepts. Whatever no enabled fault excuses fails the run. */
interface Excuse {
  /** Whether an event may be delivered a second time. */
  mayDouble: boolean
  /** How late an event may be that was scheduled at least ten seconds ahead, ms. */
  lateMs: number
  /** How late an event may be that was scheduled at least a quarter of an hour ahead, ms. */
  farLateMs: number
  /** Where it says that this may happen. */
  source: string
}

/** The longest an input message takes when its batch failed, twice: its visibility timeout. ms */
const COMES_BACK_MS = 2 * 180 * SECOND_MS + 30 * SECOND_MS

/** What only the settler delivers is at most this late, ms. */
const SETTLED_MS = 100 * SECOND_MS

const excuse = (source: string, lateMs: number, farLateMs = lateMs, mayDouble = false): Excuse => ({
  source,
  lateMs,
  farLateMs,
  mayDouble,
})

/** Everything AWS is allowed to do to us. */
export const FAULTS = {
  redelivery: excuse('SNS and SQS standard: at-least-once delivery', SECOND_MS),
  reordering: excuse('SNS and SQS standard: best-effort ordering', 31 * SECOND_MS, SECOND_MS),
  doubledInvocation: excuse('Lambda: event source mappings and schedules invoke at least once', SECOND_MS),
  doubledExpress: excuse(
    'Step Functions: asynchronous Express executions are at-least-once',
    SECOND_MS,
    SECOND_MS,
    true,
  ),
  crash: excuse('Lambda: an instance can end at any moment', COMES_BACK_MS, SETTLED_MS, true),
  throttle: excuse(
    'DynamoDB, Step Functions: ThrottlingException after the retries of the SDK',
    COMES_BACK_MS,
    SETTLED_MS,
  ),
  lambdaThrottle: excuse(
    'Lambda: TooManyRequestsException where too many functions run at once; here for up to 25 s, function by function',
    COMES_BACK_MS,
    60 * SECOND_MS,
  ),
  lostAnswer: excuse('any call may take effect and its answer be lost', COMES_BACK_MS, SETTLED_MS, true),
  slowPark: excuse('DynamoDB: throttled and partly processed batches are retried for seconds', 45 * SECOND_MS),
  slowFacts: excuse('DynamoDB: the same of single writes', 45 * SECOND_MS, 45 * SECOND_MS, true),
  leftovers: excuse(
    'DynamoDB: batches are done in part, and the rest is handed in again with growing pauses',
    15 * SECOND_MS,
  ),
  partialPublish: excuse('SNS PublishBatch: entries fail one by one', 5 * SECOND_MS),
  troubledTargets: excuse('targets: slow for minutes, unavailable for minutes', SECOND_MS),
  lateTick: excuse(
    'EventBridge Scheduler: 60 s precision, at-least-once; here missing for up to three hours',
    200 * MINUTE_MS,
  ),
  skew: excuse('Lambda: clocks of two instances differ, here by up to 2 s', 2_500),
  coldStart: excuse('Lambda: cold starts, here of up to 3 s', 7 * SECOND_MS),
  lateWake: excuse('Step Functions: no bound is stated for the end of a Wait, here up to 5 s', 11 * SECOND_MS),
  quotas: excuse('quotas: StartExecution 300/s', SECOND_MS),
  regionPause: excuse(
    'a Region that stands still for minutes',
    COMES_BACK_MS + 10 * MINUTE_MS,
    SETTLED_MS + 10 * MINUTE_MS,
    true,
  ),
} as const satisfies Record<string, Excuse>

export type FaultName = keyof typeof FAULTS
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[]

/** What the faults of a run excuse together. */
export function excuseOf(enabled: ReadonlySet<FaultName>): Excuse {
  const excuses = [...enabled].map((name) => FAULTS[name])
  // Their delays can meet in one event.
  const sum = (field: 'lateMs' | 'farLateMs') => SECOND_MS + excuses.reduce((total, { [field]: ms }) => total + ms, 0)
  return {
    source: '',
    lateMs: sum('lateMs'),
    farLateMs: sum('farLateMs'),
    mayDouble: excuses.some(({ mayDouble }) => mayDouble),
  }
}

/** The faults of a run, and its luck. */
export interface Faults {
  enabled: ReadonlySet<FaultName>
  random: Random
  /** Whether the fault strikes this time. */
  strikes(fault: FaultName, probability: number): boolean
  /** A number of ms between two bounds. */
  between(lowMs: number, highMs: number): number
}

export function faultsOf(enabled: ReadonlySet<FaultName>, random: Random): Faults {
  return {
    enabled,
    random,
    // The dice are thrown whether or not the fault is enabled, so that taking one out disturbs the others little.
    strikes: (fault, probability) => random() < probability && enabled.has(fault),
    between: (lowMs, highMs) => Math.round(lowMs + random() * (highMs - lowMs)),
  }
}

/** `all`, `none`, or names separated by commas; a name after `-` is taken out of all. @throws if a name is unknown */
export function parseFaults(text: string): Set<FaultName> {
  if (text === 'none') return new Set()
  const names = text.split(',').filter((name) => name !== 'all')
  const unknown = names.find((name) => !FAULT_NAMES.includes(name.replace(/^-/, '') as FaultName))
  if (unknown) throw new Error(`--faults ${unknown} is unknown. Known are all, none, ${FAULT_NAMES.join(', ')}.`)
  const onlyTakenOut = names.every((name) => name.startsWith('-'))
  const start = text.startsWith('all') || onlyTakenOut ? FAULT_NAMES : []
  const chosen = new Set<FaultName>(start)
  for (const name of names) {
    if (name.startsWith('-')) chosen.delete(name.slice(1) as FaultName)
    else chosen.add(name as FaultName)
  }
  return chosen
}
