import type { WarmUp } from '../../aws/warm-up.ts'
import type { Random } from '../../core/clock.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import type { IndexKind } from '../../core/index-kind.ts'
import type { InputRules } from '../../core/request-schema.ts'
import { delivering } from '../../functions/delivery/delivering.ts'
import { deliverExpressWith } from '../../functions/emitter/deliver-express.ts'
import { deliverSegmentWith } from '../../functions/emitter/deliver-segment.ts'
import { emitterWith } from '../../functions/emitter/handler.ts'
import { loaderWith } from '../../functions/loader/handler.ts'
import { plannerWith } from '../../functions/planner/handler.ts'
import { settlerWith } from '../../functions/settler/handler.ts'
import { settleSlotWith } from '../../functions/settler/settle-slot.ts'
import { validatorWith } from '../../functions/validator/handler.ts'
import { steps } from '../../functions/validator/steps.ts'
import { type DynamoDBInMemory, dynamoDBInMemory } from '../memory/dynamodb.ts'
import { type EventsInMemory, eventsInMemory } from '../memory/events-table.ts'
import { type ExpressLaneInMemory, expressLaneInMemory } from '../memory/express-lane.ts'
import { type RunnersInMemory, runnersInMemory } from '../memory/runners.ts'
import { type TopicsInMemory, topicsInMemory } from '../memory/topics.ts'
import { FAILURE_TOPIC, MINUTE_MS } from './builders.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'
import { parkAll } from './parking.ts'
import { seededRandom } from './random.ts'
import { type LogRecorder, logRecorder, type MetricsRecorder, metricsRecorder } from './recorders.ts'

/** What outlives a function's instance: time, the table, the topics, the executions. */
export interface World {
  clock: FakeClock
  random: Random
  dynamodb: DynamoDBInMemory
  table: EventsInMemory
  topics: TopicsInMemory
  runners: RunnersInMemory
  express: ExpressLaneInMemory
  log: LogRecorder
  metrics: MetricsRecorder
  warmUp: WarmUp
  shards: number
  index: IndexKind
  maxAttempts: number
  failureTopicArn: string
  rules: InputRules
}

/** @param atMs what the clock shows; ten minutes before `MINUTE_MS` where nothing is said */
export function aWorld({
  atMs = MINUTE_MS - 600_000,
  shards = 1,
  index = 'own' as IndexKind,
  maxAttempts = 10,
  earlyMs = 0,
  seed = 1,
  retentionDays = 30,
} = {}): World {
  const clock = fakeClock(atMs, { earlyMs })
  const random = seededRandom(seed)
  const dynamodb = dynamoDBInMemory()
  return {
    clock,
    random,
    dynamodb,
    table: eventsInMemory({ clock, random, dynamodb, retentionDays }),
    topics: topicsInMemory({ clock }),
    runners: runnersInMemory(),
    express: expressLaneInMemory(),
    log: logRecorder(),
    metrics: metricsRecorder(),
    warmUp: async () => 0,
    shards,
    index,
    maxAttempts,
    failureTopicArn: FAILURE_TOPIC,
    rules: { allowedTargets: ['*'], enforceUser: true },
  }
}

/** A world whose clock shows `atMs`, with these events parked. */
export async function aWorldWith(events: readonly ScheduledEvent[], atMs: number): Promise<World> {
  const world = aWorld({ atMs })
  await parkAll(world, events)
  return world
}

/** Fresh instances of all functions, as they are deployed. */
export function functionsOf(world: World) {
  return {
    validator: validatorWith(world),
    loader: loaderWith(world),
    planner: plannerWith(world),
    emitter: emitterWith(world),
    settler: settlerWith(world),
  }
}

/** The steps that the functions of one fresh instance are made of. Of a cancel and a reschedule the only refusal is the answer. */
export function stepsOf(world: World) {
  const deps = delivering(world)
  const { cancel, reschedule, ...others } = steps(world)
  return {
    ...others,
    cancel: async (...request: Parameters<typeof cancel>) => (await cancel(...request))[0],
    reschedule: async (...request: Parameters<typeof reschedule>) => (await reschedule(...request))[0],
    deliverSegment: deliverSegmentWith(deps),
    deliverExpress: deliverExpressWith(deps),
    settleSlot: settleSlotWith(deps),
  }
}
