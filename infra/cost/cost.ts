import { EMITTER_LEAD_MS, SLOT_MS } from '../../core/timetable.ts'
import { dollarsFor } from './prices.ts'
import { slotsOf, tableUsage } from './usage.ts'
import { MONTH_SECONDS, type Workload } from './workload.ts'

const CHUNK_BYTES = 65_536
/** What SNS puts around a message for the queue, and what stands in the message besides the payload, bytes. */
const ENVELOPE_BYTES = 1_300
/** Attributes of what a target gets, bytes. */
const ATTRIBUTES_BYTES = 200

/** Messages that one request receives or deletes. Source: SQS API reference. */
const QUEUE_BATCH = 10
/** Of one queue that nobody sends to, for which Lambda asks on and on. Measured by a user: 21,590 a day. */
const EMPTY_RECEIVES = 30 * 21_590

/** States that an execution of `deliver-slot` enters, with one segment. */
export const SLOT_TRANSITIONS = 9
/** How long an emitter runs for a slot, s: its lead, the minute, and two seconds in which late announcements may come. */
export const EMITTER_SECONDS = (EMITTER_LEAD_MS + SLOT_MS) / 1_000 + 2.8

/** How long the others run, s: requests of some milliseconds each, and computing by estimate, as nothing ran on AWS. */
const SECONDS = { validator: 0.02, validatorPerEvent: 0.001, planner: 0.5, settler: 0.5, loader: 0.3 }
/** Of the validator and the planner, and of the loader, GB. */
const GB = { validator: 0.5, planner: 0.5, loader: 0.25 }
/** An express delivery: it wakes, waits for the first of its events and claims them, s; its memory is the least, GB. */
const EXPRESS = { seconds: 2, gb: 0.0625 }

/** Metrics that are written where nothing happens, by the loader; and where something does, by the settler too. */
const IDLE_METRICS = 3
const USED_METRICS = 7
/** A line with metrics or of a settlement, bytes. */
const LINE_BYTES = 600
export const ALARMS = 17
/** Topics that use the key: SNS asks for a data key every five minutes, twice. Source: SNS developer guide, key management. */
const TOPICS = 2
/** What X-Ray records by default: one a second, and of the others so many. Source: X-Ray developer guide, sampling. */
const SAMPLED = 0.05

/** The lines of the bill, in the order in which an event meets them. */
export const LINES = [
  'SNS in',
  'SQS',
  'Validator',
  'DynamoDB: events written',
  'DynamoDB: checkpoints and records',
  'DynamoDB: reads',
  'DynamoDB: storage',
  'DynamoDB: point-in-time recovery',
  'Step Functions: runners',
  'Planner, settler, loader',
  'Emitter',
  'Express executions',
  'SNS out',
  'Logs, metrics, alarms',
  'Key, schedule',
  'X-Ray',
] as const
export type Line = (typeof LINES)[number]

/** What a workload costs, US dollars a month by line. List prices of us-east-1 without free tiers. */
export function monthlyCost(workload: Workload): Record<Line, number> {
  return { ...intake(workload), ...table(workload), ...delivery(workload), ...watching(workload) }
}

/** All lines together, US dollars a month. */
export function monthlyTotal(workload: Workload): number {
  return Object.values(monthlyCost(workload)).reduce((sum, dollars) => sum + dollars, 0)
}

function intake({ eventsPerMonth, payloadBytes, publishedTogether = 1, inputBatch }: Workload) {
  const messageBytes = payloadBytes + ENVELOPE_BYTES
  const requestsFor = (together: number, bytes: number) => Math.ceil((together * bytes) / CHUNK_BYTES) / together
  const received = Math.min(inputBatch, QUEUE_BATCH)
  const sqsPerEvent = requestsFor(1, messageBytes) + requestsFor(received, messageBytes) + 1 / received
  const batches = eventsPerMonth / inputBatch
  const seconds = batches * SECONDS.validator + eventsPerMonth * SECONDS.validatorPerEvent
  return {
    'SNS in': dollarsFor(
      eventsPerMonth * requestsFor(publishedTogether, payloadBytes + ATTRIBUTES_BYTES),
      'snsRequest',
    ),
    SQS: dollarsFor(eventsPerMonth * sqsPerEvent + EMPTY_RECEIVES, 'sqsRequest'),
    Validator: dollarsFor(batches, 'lambdaRequest') + dollarsFor(seconds * GB.validator, 'lambdaGbSecond'),
  }
}

function table(workload: Workload) {
  const used = tableUsage(workload)
  return {
    'DynamoDB: events written': dollarsFor(used.eventWrites, 'writeUnit'),
    'DynamoDB: checkpoints and records': dollarsFor(used.checkpointWrites + used.otherWrites, 'writeUnit'),
    'DynamoDB: reads': dollarsFor(used.eventReads + used.pollReads + used.otherReads, 'readUnit'),
    'DynamoDB: storage': dollarsFor(used.storedGb, 'storedGbMonth'),
    'DynamoDB: point-in-time recovery': workload.settings.pointInTimeRecovery
      ? dollarsFor(used.storedGb, 'backedUpGbMonth')
      : 0,
  }
}

function delivery(workload: Workload) {
  const { eventsPerMonth, payloadBytes, express = 0, inputBatch, outputBatch, settings } = workload
  const { used, minutes } = slotsOf(workload)
  const emitterGb = settings.emitterMemoryMb / 1_024
  // Those of one batch go together.
  const deliveries = (express * eventsPerMonth) / inputBatch
  const run = (count: number, gbSeconds: number) =>
    dollarsFor(count, 'lambdaRequest') + dollarsFor(count * gbSeconds, 'lambdaGbSecond')
  const outRequests = Math.ceil((outputBatch * (payloadBytes + ATTRIBUTES_BYTES)) / CHUNK_BYTES) / outputBatch
  return {
    'Step Functions: runners': dollarsFor(used * SLOT_TRANSITIONS, 'transition'),
    'Planner, settler, loader':
      run(used, SECONDS.planner * GB.planner) +
      run(used, SECONDS.settler * emitterGb) +
      run(minutes, SECONDS.loader * GB.loader),
    Emitter: run(used, EMITTER_SECONDS * emitterGb),
    'Express executions':
      dollarsFor(deliveries, 'expressRequest') +
      dollarsFor(deliveries * EXPRESS.seconds * EXPRESS.gb, 'expressGbSecond') +
      run(deliveries, EXPRESS.seconds * emitterGb),
    'SNS out': dollarsFor(eventsPerMonth * outRequests, 'snsRequest'),
  }
}

function watching(workload: Workload) {
  const { eventsPerMonth, inputBatch, settings } = workload
  const { used, minutes } = slotsOf(workload)
  const lines = minutes + 2 * used
  const keyRequests = (MONTH_SECONDS / 300) * 2 * TOPICS
  const invocations = eventsPerMonth / inputBatch + 3 * used + minutes
  const traces = Math.min(invocations, MONTH_SECONDS) + Math.max(0, invocations - MONTH_SECONDS) * SAMPLED
  return {
    'Logs, metrics, alarms':
      dollarsFor((lines * LINE_BYTES) / 1e9, 'logGb') +
      dollarsFor(used > 0 ? USED_METRICS : IDLE_METRICS, 'metricMonth') +
      dollarsFor(ALARMS, 'alarmMonth'),
    'Key, schedule': dollarsFor(1, 'keyMonth') + dollarsFor(keyRequests, 'keyRequest') + dollarsFor(minutes, 'tick'),
    'X-Ray': settings.tracing ? dollarsFor(traces, 'trace') : 0,
  }
}
