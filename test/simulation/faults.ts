import { MAX_BATCH_ENTRIES } from '../../core/output-message.ts'
import { CLEARED_MS, PUBLISH_TIMEOUT_MS, TAKE_OVER_MS, VISIBILITY_TIMEOUT_SECONDS } from '../../core/timetable.ts'
import { MAX_UNRECORDED } from '../../functions/delivery/checkpointing.ts'
import { MAX_IN_FLIGHT } from '../../functions/delivery/target-queue.ts'
import { UNREADABLE_AGAIN_MS } from '../../functions/settler/settle-slot.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000

/**
 * What a fault excuses where it strikes, and nowhere else: the events whose own way it struck may be late, or doubled.
 * Whatever no strike excuses fails the run.
 */
interface Excuse {
  /** Where it says that this may happen. */
  source: string
  /** After a strike on its message is over, an event is taken in within this, ms; absent if it does not hold that up. */
  takenInMs?: number
  /** After a strike on its delivery is over, a due event goes out within this, ms; absent if it does not hold that up. */
  deliveredMs?: number
  /** Whether a target may be behind because of it: its events are parked again then, without a try. */
  postpones?: boolean
  /** Most events that one strike may have delivered a second time. */
  doubles: number
  /** Whether these are only events whose publish had begun, and was not yet recorded, when it struck. */
  doublesUnderWay?: boolean
  /** Whether these are only events whose publish took longer than this, ms: whoever took over did not wait for it. */
  doublesLongerThanMs?: number
}

/**
 * The longest a call takes until it is given up, and its batch with it, ms. A message that fails comes back after its
 * visibility timeout; the strike has hold of it until then, see `prolong`.
 */
const GIVEN_UP_MS = 30 * SECOND_MS + 5 * SECOND_MS

/** The longest an input message takes that comes back: its visibility timeout, and a call that was given up. ms */
export const COMES_BACK_MS = VISIBILITY_TIMEOUT_SECONDS * SECOND_MS + GIVEN_UP_MS

/** What only the settler delivers is at most this late, ms. */
export const SETTLED_MS = 100 * SECOND_MS

/** After a strike on the loader is over its next tick comes within this, 60 s of precision included. ms */
export const LOADED_MS = 2 * MINUTE_MS

/** What one emitter can have published and not recorded, with the publishes under way to a target. */
const UNRECORDED = MAX_UNRECORDED + MAX_IN_FLIGHT * MAX_BATCH_ENTRIES

/** Emitters at work at once: of two shards, of a minute that ends and one that begins, or of four. */
const EMITTERS = 4

const excuse = (source: string, allowed: Partial<Excuse>): Excuse => ({
  source,
  doubles: 0,
  ...allowed,
})

/** What fails a call, and with it its batch, or its emitter. */
const FAILED_CALL = { takenInMs: GIVEN_UP_MS, deliveredMs: SETTLED_MS }

/** Everything AWS is allowed to do to us. */
export const FAULTS = {
  redelivery: excuse('SNS and SQS standard: at-least-once delivery', {}),
  reordering: excuse('SNS and SQS standard: best-effort ordering', { takenInMs: SECOND_MS }),
  doubledInvocation: excuse('Lambda: event source mappings and schedules invoke at least once', {}),
  doubledExpress: excuse('Step Functions: asynchronous Express executions are at-least-once', {}),
  crash: excuse('Lambda: an instance can end at any moment', { ...FAILED_CALL, doubles: UNRECORDED }),
  throttle: excuse('DynamoDB, Step Functions: ThrottlingException after the retries of the SDK', FAILED_CALL),
  lambdaThrottle: excuse(
    'Lambda: TooManyRequestsException where too many functions run at once; here for up to 25 s, function by function',
    FAILED_CALL,
  ),
  lostAnswer: excuse('any call may take effect and its answer be lost', FAILED_CALL),
  lostPublish: excuse('SNS: a publish may take effect and its answer be lost', {
    deliveredMs: 5 * SECOND_MS,
    doubles: MAX_BATCH_ENTRIES,
  }),
  slowPark: excuse('DynamoDB: throttled and partly processed batches are retried for seconds', {
    takenInMs: 15 * SECOND_MS,
    deliveredMs: 15 * SECOND_MS,
  }),
  slowFacts: excuse(
    'DynamoDB: the same of single writes; whoever takes over from one whose checkpoint is held up does not find it',
    { ...FAILED_CALL, doubles: UNRECORDED },
  ),
  leftovers: excuse('DynamoDB: batches are done in part, and the rest is handed in again with growing pauses', {
    takenInMs: 15 * SECOND_MS,
    deliveredMs: 15 * SECOND_MS,
  }),
  partialPublish: excuse('SNS PublishBatch: entries fail one by one', { deliveredMs: 5 * SECOND_MS }),
  troubledTargets: excuse('targets: slow for minutes, unavailable for minutes', { deliveredMs: 5 * SECOND_MS }),
  lateTick: excuse('EventBridge Scheduler: 60 s precision, at-least-once; here missing for up to three hours', {
    deliveredMs: LOADED_MS,
  }),
  skew: excuse('Lambda: clocks of two instances differ, here by up to 2 s', { deliveredMs: 2_500 }),
  coldStart: excuse('Lambda: cold starts, here of up to 3 s', { takenInMs: SECOND_MS, deliveredMs: 7 * SECOND_MS }),
  lateWake: excuse('Step Functions: no bound is stated for the end of a Wait, here up to 5 s', {
    deliveredMs: 6 * SECOND_MS,
  }),
  quotas: excuse('quotas: StartExecution 300/s', FAILED_CALL),
  regionPause: excuse('a Region that stands still for minutes', {
    ...FAILED_CALL,
    doubles: EMITTERS * UNRECORDED,
  }),
  silence: excuse('any call may never be answered; what ends it then are the timeouts of our clients', FAILED_CALL),
  silentPublish: excuse('SNS: the same of a publish, which is tried again after its timeout', {
    deliveredMs: 5 * SECOND_MS,
    doubles: MAX_BATCH_ENTRIES,
  }),
  zombie: excuse('Step Functions: Lambda.SdkClientException can leave an invocation behind that runs', {
    ...FAILED_CALL,
    doubles: MAX_IN_FLIGHT * MAX_BATCH_ENTRIES,
    doublesLongerThanMs: TAKE_OVER_MS - CLEARED_MS,
  }),
  frozen: excuse(
    'Lambda: an invocation that was given up may only have stood still, here for up to four minutes, and goes on',
    { ...FAILED_CALL, doubles: UNRECORDED, doublesUnderWay: true },
  ),
  concurrency: excuse(
    'Lambda: an account runs 1,000 functions at once, a new one 10; here at times 2, for up to five minutes',
    FAILED_CALL,
  ),
  lostNotice: excuse('EventBridge: events of Step Functions are delivered on a best-effort basis', {
    deliveredMs: 5 * MINUTE_MS,
  }),
  hotPartition: excuse(
    'DynamoDB: a partition carries 1,000 write and 3,000 read units a second; here a quarter of it, met by bursts as of `bursts`',
    FAILED_CALL,
  ),
  bursts: excuse(
    'clients: more events in one second than one emitter is given; messages wait while Lambda adds five pollers a second',
    { takenInMs: MINUTE_MS },
  ),
  overload: excuse('clients: more events than validators take, of which the stack lets so many run at once, here one', {
    takenInMs: 5 * SECOND_MS,
  }),
  largePayloads: excuse('SNS: messages of up to 256 KB; here more in one second than an emitter holds in memory', {
    takenInMs: MINUTE_MS,
    deliveredMs: 10 * SECOND_MS,
  }),
  hangingTarget: excuse(
    'targets: one that does not answer for minutes; a try that was under way when it answers again ends by its timeout, and the next follows within three seconds',
    { deliveredMs: PUBLISH_TIMEOUT_MS + 3 * SECOND_MS, postpones: true },
  ),
  slowTarget: excuse(
    'targets, or SNS as a whole: takes less than falls due for it, for minutes; here ten seconds for a publish, and large payloads',
    { deliveredMs: PUBLISH_TIMEOUT_MS + 10 * SECOND_MS, postpones: true },
  ),
  failureTopics: excuse(
    'failure topics: deleted, denied, unavailable or slow, for minutes and hours; a message whose refusal cannot be told comes back, and may be taken then',
    { takenInMs: 5 * SECOND_MS },
  ),
  unreadable: excuse(
    'deployments: a newer version writes items of its own, and is rolled back; what it left unsettled is looked at again every ten minutes',
    { takenInMs: GIVEN_UP_MS, deliveredMs: 1.25 * UNREADABLE_AGAIN_MS + SETTLED_MS },
  ),
  deployments: excuse(
    'deployments: raise and lower settings, `shards` from 1 to 4, function by function; Lambda: while a function is updated it runs with the settings from before; Pulumi: an update that fails leaves what it has done by then',
    {},
  ),
  expiry: excuse(
    'DynamoDB: items are deleted within days after they expired, in no order, whatever became of them',
    {},
  ),
  clockJump: excuse('clocks that are set wrong: by hours, ahead or back, and corrected minutes later', {
    takenInMs: GIVEN_UP_MS,
    deliveredMs: 10 * MINUTE_MS,
    doubles: UNRECORDED,
  }),
  longOutage: excuse('the schedule, all functions or the Region gone for days; the backlog takes its time', {
    takenInMs: GIVEN_UP_MS,
    deliveredMs: 90 * MINUTE_MS,
    doubles: EMITTERS * UNRECORDED,
  }),
} satisfies Record<string, Excuse>

export type FaultName = keyof typeof FAULTS
export const KNOWN_FAULTS = Object.keys(FAULTS) as FaultName[]

/**
 * Faults for runs of their own, and not among `all`: days of lateness, or that of a queue which never ends, all excused,
 * would hide what the others do, as would those of a target that takes less than falls due; a clock that is hours ahead
 * lets an event leave early; and with a target that does not answer, events that others strike as well come up to a second later than is explained
 * (`--seed 3 --hours 1 --rate 3 --faults all,hangingTarget`).
 */
export const APART: readonly FaultName[] = ['longOutage', 'overload', 'clockJump', 'hangingTarget', 'slowTarget']

export const FAULT_NAMES = KNOWN_FAULTS.filter((name) => !APART.includes(name))

/** `all`, `none`, or names separated by commas; a name after `-` is taken out of all. @throws if a name is unknown */
export function parseFaults(text: string): Set<FaultName> {
  if (text === 'none') return new Set()
  const names = text.split(',').filter((name) => name !== 'all')
  const unknown = names.find((name) => !KNOWN_FAULTS.includes(name.replace(/^-/, '') as FaultName))
  if (unknown) throw new Error(`--faults ${unknown} is unknown. Known are all, none, ${KNOWN_FAULTS.join(', ')}.`)
  const onlyTakenOut = names.every((name) => name.startsWith('-'))
  const start = text.startsWith('all') || onlyTakenOut ? FAULT_NAMES : []
  const chosen = new Set<FaultName>(start)
  for (const name of names) {
    if (name.startsWith('-')) chosen.delete(name.slice(1) as FaultName)
    else chosen.add(name as FaultName)
  }
  return chosen
}
