import type { Random } from '../../functions/core/clock.ts'
import type { InputRules } from '../../functions/core/request-schema.ts'
import { cancelWith } from '../../functions/flow/cancel.ts'
import { deliverExpressWith } from '../../functions/flow/deliver-express.ts'
import { deliverSegmentWith } from '../../functions/flow/deliver-segment.ts'
import { dispatchWith } from '../../functions/flow/dispatch.ts'
import { loadWith } from '../../functions/flow/load.ts'
import { notifyWith } from '../../functions/flow/notify.ts'
import { openSlotWith } from '../../functions/flow/open-slot.ts'
import { planSlotWith } from '../../functions/flow/plan-slot.ts'
import { rescheduleWith } from '../../functions/flow/reschedule.ts'
import { scheduleWith } from '../../functions/flow/schedule.ts'
import { settleSlotWith } from '../../functions/flow/settle-slot.ts'
import { validateWith } from '../../functions/flow/validate.ts'
import { FAILURE_TOPIC, MINUTE_MS } from './builders.ts'
import { type EventsInMemory, eventsInMemory } from './events-in-memory.ts'
import { type ExpressLaneInMemory, expressLaneInMemory } from './express-lane-in-memory.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'
import { seededRandom } from './random.ts'
import { type LogRecorder, logRecorder, type MetricsRecorder, metricsRecorder } from './recorders.ts'
import { type RunnersInMemory, runnersInMemory } from './runners-in-memory.ts'
import { type TopicsInMemory, topicsInMemory } from './topics-in-memory.ts'

/** What outlives a function's environment: time, the table, the topics, the executions. */
export interface World {
  clock: FakeClock
  random: Random
  table: EventsInMemory
  topics: TopicsInMemory
  runners: RunnersInMemory
  express: ExpressLaneInMemory
  log: LogRecorder
  metrics: MetricsRecorder
  shards: number
  maxAttempts: number
  failureTopicArn: string
  rules: InputRules
}

/** @param atMs what the clock shows; ten minutes before `MINUTE_MS` where nothing is said */
export function aWorld({
  atMs = MINUTE_MS - 600_000,
  shards = 1,
  maxAttempts = 10,
  earlyMs = 0,
  seed = 1,
} = {}): World {
  const clock = fakeClock(atMs, { earlyMs })
  const random = seededRandom(seed)
  return {
    clock,
    random,
    table: eventsInMemory({ clock, random }),
    topics: topicsInMemory({ clock }),
    runners: runnersInMemory(),
    express: expressLaneInMemory(),
    log: logRecorder(),
    metrics: metricsRecorder(),
    shards,
    maxAttempts,
    failureTopicArn: FAILURE_TOPIC,
    rules: { allowedTargets: ['*'], enforceUser: true },
  }
}

/** Fresh environments of all functions, wired as the handlers wire them. */
export function functionsOf(world: World) {
  const openSlot = openSlotWith(world)
  const notify = notifyWith(world)
  const dispatch = dispatchWith({ ...world, openSlot })
  const schedule = scheduleWith({ ...world, openSlot, dispatch })
  const cancel = cancelWith(world)
  const reschedule = rescheduleWith({ ...world, schedule })
  const delivering = { ...world, openSlot, notify }
  return {
    openSlot,
    notify,
    dispatch,
    schedule,
    cancel,
    reschedule,
    validate: validateWith({ ...world, schedule, cancel, reschedule, notify }),
    planSlot: planSlotWith(world),
    deliverSegment: deliverSegmentWith(delivering),
    deliverExpress: deliverExpressWith(delivering),
    settleSlot: settleSlotWith(delivering),
    load: loadWith(world),
  }
}
