import type { Random } from '../../core/clock.ts'
import type { InputRules } from '../../core/request-schema.ts'
import { deliverExpressWith } from '../../functions/emitter/deliver-express.ts'
import { deliverSegmentWith } from '../../functions/emitter/deliver-segment.ts'
import { loadWith } from '../../functions/loader/load.ts'
import { notifyWith } from '../../functions/notify.ts'
import { openSlotWith } from '../../functions/open-slot.ts'
import { planSlotWith } from '../../functions/planner/plan-slot.ts'
import { settleSlotWith } from '../../functions/settler/settle-slot.ts'
import { cancelWith } from '../../functions/validator/cancel.ts'
import { dispatchWith } from '../../functions/validator/dispatch.ts'
import { rescheduleWith } from '../../functions/validator/reschedule.ts'
import { scheduleWith } from '../../functions/validator/schedule.ts'
import { validateWith } from '../../functions/validator/validate.ts'
import { type EventsInMemory, eventsInMemory } from '../memory/events-table.ts'
import { type ExpressLaneInMemory, expressLaneInMemory } from '../memory/express-lane.ts'
import { type RunnersInMemory, runnersInMemory } from '../memory/runners.ts'
import { type TopicsInMemory, topicsInMemory } from '../memory/topics.ts'
import { FAILURE_TOPIC, MINUTE_MS } from './builders.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'
import { seededRandom } from './random.ts'
import { type LogRecorder, logRecorder, type MetricsRecorder, metricsRecorder } from './recorders.ts'

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
