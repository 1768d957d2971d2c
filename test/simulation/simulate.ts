import type { IndexKind } from '../../core/index-kind.ts'
import { type Slot, settleAtMs, slotAt } from '../../core/slot.ts'
import { TIMEOUT_SECONDS } from '../../core/timetable.ts'
import { emitterWith } from '../../functions/emitter/handler.ts'
import { loaderWith } from '../../functions/loader/handler.ts'
import { plannerWith } from '../../functions/planner/handler.ts'
import { settlerWith } from '../../functions/settler/handler.ts'
import { validatorWith } from '../../functions/validator/handler.ts'
import type { World } from '../../functions/world.ts'
import { deliverNow } from '../../infra/definitions/deliver-now.ts'
import { deliverSlot } from '../../infra/definitions/deliver-slot.ts'
import type { TableViews } from '../memory/table-views.ts'
import { seededRandom } from '../support/random.ts'
import { SILENT_LOG } from '../support/recorders.ts'
import { invokeAsynchronously } from './asynchronous.ts'
import { startClients } from './clients.ts'
import type { Settings } from './deployments.ts'
import { FAULTS, type FaultName } from './faults.ts'
import { startInput } from './input.ts'
import { type Instance, seenFrom } from './instance.ts'
import { type Account, type Judge, openJudge, Violation } from './judge.ts'
import { startLambda } from './lambda.ts'
import { faultsOf } from './luck.ts'
import { startMinute } from './minute.ts'
import { type Region, startRegion } from './region.ts'
import { startStepFunctions } from './step-functions.ts'
import { openStrikes, type Strikes } from './strikes.ts'
import { keptMs, openTable } from './table.ts'
import { FAILURE_TOPIC, startTargets } from './targets.ts'
import { openTelling } from './told.ts'
import { virtualTime } from './virtual-time.ts'

export interface Run {
  seed: number
  /** Simulated hours of clients publishing. */
  hours: number
  /** Events a second, on average. */
  rate: number
  faults: ReadonlySet<FaultName>
  /** The share of clients who change their minds, from 0 to 1; none by default. */
  fickle?: number
  /** Which ids the stack indexes; by default those that clients give. */
  index?: IndexKind
}

export interface Result {
  account: Account
  /** The first promise that was broken, if one was. */
  violation?: Violation | undefined
  /** Messages that were received too often, and sent back by an operator. */
  deadLetters: number
  /** Slots that were found settled, their accounts even. */
  settledSlots: number
  /** Those of them that were spread over several emitters. */
  cutSlots: number
  /** Input messages that were taken while others waited behind them, and for how long some did, ms. */
  queued: { messages: number; ms: number }
  /** Executions of the express lane. */
  expressStarts: number
}

const START_MS = Date.parse('2026-11-23T00:00:00.000Z')
const HOUR_MS = 3_600_000

/** The longest any event takes to its end: two hours ahead, an outage of three, retries. */
const DRAIN_MS = 8 * HOUR_MS

/**
 * An event must have ended this long after it was due, or after its failure topic last refused to be told of its end: outages,
 * retries to the sixth attempt, redrives.
 */
const ENDED_AFTER_MS = 6 * HOUR_MS

/** A slot must be settled this long after its end, and after what struck it meanwhile: a claim lapses within a minute. */
const SETTLED_AFTER_MS = 10 * 60_000

/** Runs the deployed functions and definitions in simulated time, and holds what happens against what is promised. */
export async function simulate({
  seed,
  hours,
  rate,
  faults: enabled,
  fickle = 0,
  index = 'own',
}: Run): Promise<Result> {
  const time = virtualTime(START_MS)
  const strikes = openStrikes(time.now)
  const faults = faultsOf(enabled, seededRandom(seed), strikes)
  const untilMs = START_MS + hours * HOUR_MS
  const region = startRegion(time, faults, untilMs)
  const judge = openJudge(time.now, strikes, index)
  const telling = openTelling(region)
  const table = openTable(judge, region)
  const publishing = startTargets(region, judge)
  const world = (instance: Instance, settings: Settings): World => ({
    ...settings,
    clock: instance.clock,
    random: faults.random,
    table: table.as(instance),
    topics: publishing(instance),
    runners: seenFrom(instance, machines.runners),
    express: seenFrom(instance, machines.express),
    log: SILENT_LOG,
    metrics: { publish: () => {} },
    warmUp: async () => 0,
    index,
    failureTopicArn: FAILURE_TOPIC,
    rules: { allowedTargets: ['*'], enforceUser: true },
  })
  const lambda = startLambda(region, specs(world, judge))
  const arns = { planner: 'planner', emitter: 'emitter', settler: 'settler' }
  const machines = startStepFunctions(
    region,
    lambda,
    { deliverSlot: deliverSlot(arns), deliverNow: deliverNow(arns) },
    ({ input }) => {
      void region
        .pass(1_000)
        .then(() => invokeAsynchronously(region, lambda, { name: 'loader', input: { detail: { input } } }))
    },
  )
  const input = startInput(region, lambda, judge)
  const expiresMs = enabled.has('expiry') ? keptMs(enabled) : 0
  const endMs = DRAIN_MS + expiresMs + Math.max(untilMs, region.outage?.untilMs ?? 0)
  startMinute(region, lambda, endMs)
  startClients({ rate, fickle }, { region, input, judge }, seededRandom(seed ^ 0x5eed))

  const settled = new Map<Slot, { segments: number }>()
  const result = (violation = judge.violation()): Result => ({
    account: judge.account(),
    violation,
    deadLetters: input.deadLetters(),
    settledSlots: settled.size,
    queued: input.queued(),
    expressStarts: machines.expressStarts(),
    cutSlots: [...settled.values()].filter(({ segments }) => segments > 1).length,
  })
  for (let atMs = START_MS; atMs < endMs; ) {
    atMs += HOUR_MS / 6
    await time.run(atMs)
    const endedMs = endedBeforeMs(region, atMs)
    const wrong = await telling.firstWrong(table.store, judge.close(endedMs), endedMs)
    table.forgetExpired()
    machines.forgetEnded(slotAt(atMs - ENDED_AFTER_MS, 0))
    const violation =
      judge.violation() ?? wrong ?? unsettledIn(table, settled, (slot) => settledByMs(slot, strikes) <= atMs)
    if (violation) return result(violation)
  }
  judge.close(endMs)
  return result()
}

/** All events that were due before have ended, epoch ms: those of an outage do after it. */
function endedBeforeMs({ outage }: Region, nowMs: number): number {
  const beforeMs = nowMs - ENDED_AFTER_MS
  return outage && beforeMs < outage.untilMs ? Math.min(beforeMs, outage.fromMs - ENDED_AFTER_MS) : beforeMs
}

/** The functions as they are deployed, with the timeouts that the stack declares. */
function specs(world: (instance: Instance, settings: Settings) => World, judge: Judge) {
  const spec = (
    name: keyof typeof TIMEOUT_SECONDS,
    functionWith: (world: World) => (input: never) => Promise<unknown>,
  ) => ({
    timeoutMs: TIMEOUT_SECONDS[name] * 1_000,
    create: (instance: Instance, settings: Settings) => functionWith(world(instance, settings)),
  })
  /** The judge is shown how slots are cut. */
  const watchedPlanner = (world: World) => {
    const plan = plannerWith(world)
    return async (input: { slot: Slot }) => {
      const planned = await plan(input)
      judge.planned(input.slot, planned.segments)
      return planned
    }
  }
  return {
    validator: spec('validator', validatorWith),
    loader: spec('loader', loaderWith),
    planner: spec('planner', watchedPlanner),
    emitter: spec('emitter', emitterWith),
    settler: spec('settler', settlerWith),
  }
}

/** A slot that ended and holds events must be settled, and its account must come out even. */
function unsettledIn(
  table: TableViews,
  settled: Map<Slot, { segments: number }>,
  mustBeSettled: (slot: Slot) => boolean,
): Violation | undefined {
  for (const slot of table.slots()) {
    if (!mustBeSettled(slot) || table.countEventsIn(slot) === 0) continue
    const { settledAtMs, settlement, segments = [] } = table.recordIn(slot)
    if (settledAtMs === undefined || !settlement)
      return new Violation(`UNSETTLED: slot ${slot} holds events and was never settled`)
    const { events, delivered, failed, cancelled, expired, retrying, moved } = settlement
    const parked = table.countEventsIn(slot)
    if (events !== parked)
      return new Violation(`UNEVEN: slot ${slot} was settled with ${events} events and holds ${parked}`)
    if (events !== delivered + failed + cancelled + expired + retrying + moved)
      return new Violation(`UNEVEN: slot ${slot} accounts for ${JSON.stringify(settlement)}`)
    settled.set(slot, { segments: segments.length })
  }
  return undefined
}

/** By when a slot must be settled, epoch ms. */
function settledByMs(slot: Slot, strikes: Strikes): number {
  let byMs = settleAtMs(slot) + SETTLED_AFTER_MS
  for (const { fault, fromMs, untilMs } of strikes.onSlot(slot)) {
    const { deliveredMs = 0 } = FAULTS[fault]
    if (fromMs <= byMs && untilMs < Number.POSITIVE_INFINITY)
      byMs = Math.max(byMs, untilMs + deliveredMs + SETTLED_AFTER_MS)
  }
  return byMs
}
