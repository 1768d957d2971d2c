import type { Random } from '../../functions/core/clock.ts'

/**
 * Everything AWS is allowed to do to us. `mayDouble`: whether a second delivery is a consequence that the design
 * accepts; without such a fault a single doubled event fails the run.
 */
export const FAULTS = {
  redelivery: { mayDouble: false, source: 'SNS and SQS standard: at-least-once delivery' },
  reordering: { mayDouble: false, source: 'SNS and SQS standard: best-effort ordering' },
  doubledInvocation: { mayDouble: false, source: 'Lambda: event source mappings and schedules invoke at least once' },
  doubledExpress: { mayDouble: true, source: 'Step Functions: asynchronous Express executions are at-least-once' },
  crash: { mayDouble: true, source: 'Lambda: an environment can end at any moment' },
  throttle: {
    mayDouble: false,
    source: 'DynamoDB and Step Functions: ThrottlingException after the retries of the SDK',
  },
  lostAnswer: { mayDouble: true, source: 'any call may take effect and its answer be lost' },
  slowWrite: { mayDouble: true, source: 'DynamoDB: throttled and partly processed batches are retried for seconds' },
  partialPublish: { mayDouble: false, source: 'SNS PublishBatch: entries fail one by one' },
  troubledTargets: { mayDouble: false, source: 'targets: slow for minutes, unavailable for minutes' },
  lateTick: { mayDouble: false, source: 'EventBridge Scheduler: 60 s precision, at-least-once; missing for hours' },
  skew: { mayDouble: false, source: 'Lambda: clocks of two environments differ, here by up to 2 s' },
  coldStart: { mayDouble: false, source: 'Lambda: cold starts, here of up to 3 s' },
  lateWake: { mayDouble: false, source: 'Step Functions: no bound is stated for the end of a Wait, here up to 5 s' },
  quotas: { mayDouble: false, source: 'quotas: StartExecution 300/s, 1,000 writes/s a partition key' },
  regionPause: { mayDouble: true, source: 'a Region that stands still for minutes' },
} as const

export type FaultName = keyof typeof FAULTS
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[]

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
