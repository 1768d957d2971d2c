import * as z from 'zod'
import { LEAST_RETENTION_DAYS } from '../core/forgotten.ts'
import { INDEXES } from '../core/index-kind.ts'
import { MAX_HELD_BYTES, MAX_SEGMENTS } from '../core/segment.ts'
import { MAX_SHARDS } from '../core/slot.ts'
import { LONGEST_WINDOW_SECONDS, OUTAGE_DAYS } from '../core/timetable.ts'
import { flag, oneOf, optional, optionalWhole, whole } from './setting-kinds.ts'

/** What CloudWatch Logs accepts, in days. Source: PutRetentionPolicy. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const
/** As JSON: the environment of a function holds 4 KB in all, its policy, where they stand twice, 10,240 characters. */
const MAX_TARGETS_LENGTH = 3_000
const TOPIC_ARN_PATTERN = /^arn:[a-z*-]+:sns:[a-z0-9*-]+:[0-9*]+:[A-Za-z0-9_*.-]+$/

const MIB = 1024 * 1024
/**
 * Least memory of the emitter, MB: 256. Node gives half of the memory to what lives long. There is room in it for the
 * events held, two bytes for each UTF-16 unit, and for 64 MB besides: the program and the SDK (10 MB when loaded), the
 * pages that are being read and the messages that are being sent. The other half is Node itself (67 MB resident with
 * nothing held), its buffers and sockets.
 */
const LEAST_EMITTER_MEMORY_MB = 2 * ((2 * MAX_HELD_BYTES) / MIB + 64)
/** Source: Lambda quotas, function memory allocation. */
const MOST_MEMORY_MB = 10_240
/** Of a queue's event source. Source: CreateEventSourceMapping, ScalingConfig. */
const MAXIMUM_CONCURRENCY = { from: 2, to: 1_000 }
/**
 * Messages of one batch. Lambda takes up to 10,000 of a standard queue; a validator that has 30 seconds, and parks all that
 * it is handed side by side, takes a thousand. Source: Lambda developer guide, SQS event source parameters.
 */
const MOST_IN_BATCH = 1_000
/** Of more than these Lambda asks for a batching window of a second or more. Source: CreateEventSourceMapping, BatchSize. */
const MOST_WITHOUT_WINDOW = 10
/** Seconds. */
const BATCHING_WINDOW = { from: 0, to: LONGEST_WINDOW_SECONDS }
/** The concurrency of an account is 1,000 before it is raised, and 100 of it cannot be reserved. Source: Lambda quotas. */
const RESERVED_CONCURRENCY = { from: 1, to: 10_000 }

const settings = z.strictObject({
  shards: whole({
    meaning: 'How many parts every minute is delivered in, side by side.',
    more: 'More shards carry more events a second; each has executions of its own, which cost something in every minute that has events.',
    from: 1,
    to: MAX_SHARDS,
    byDefault: 1,
  }),
  publicInput: flag({
    meaning: 'Whether principals of every AWS account may publish to the input topic.',
    more: 'They need nothing but `sns:Publish` in their own policies. The input topic is then not encrypted with the key of the stack, which strangers could not use: what waits in it is protected by the disk encryption of SNS alone. If it is not public, principals of this account may publish, and nobody else.',
    byDefault: false,
  }),
  enforceUser: flag({ meaning: 'Whether an event without `user` is refused.', byDefault: true }),
  allowedTargets: optional({
    meaning: 'The topics that events, and notices of their failure, may go to, as ARN patterns.',
    range: `a list of topic ARNs with * as wildcard, ${MAX_TARGETS_LENGTH} characters in all, such as ["arn:aws:sns:eu-west-1:123456789012:orders-*"]`,
    otherwise: 'any topic of this account and Region',
    example: ['arn:aws:sns:us-east-1:123456789012:orders-*'],
    schema: (error) =>
      z
        .array(z.string({ error }).regex(TOPIC_ARN_PATTERN, { error }), { error })
        .min(1, { error })
        .refine((patterns) => JSON.stringify(patterns).length <= MAX_TARGETS_LENGTH, { error }),
  }),
  index: oneOf({
    meaning: 'Whether events can be found, cancelled and rescheduled by an `id` of the client alone.',
    more: '`own` costs one write more for each event with an `id` of its own, and none for others; `none` refuses what gives no `date`, and `replace`. Changed, it holds for what arrives from then on: what was taken in under `none`, or while functions of both settings ran for some minutes, is not found by its `id` alone; its `date` finds it.',
    values: INDEXES,
    byDefault: 'own',
  }),
  retentionDays: whole({
    meaning: 'How long an event and what became of it can be looked up after it was due.',
    more: `DynamoDB deletes it ${OUTAGE_DAYS} days later, so that an outage of that length loses nothing. Lowered, it holds for what is written from then on: what became of an event may be gone before the event itself, which is told as \`unknown\` then.`,
    unit: 'days',
    from: LEAST_RETENTION_DAYS,
    to: 365,
    byDefault: 7,
  }),
  maxAttempts: whole({
    meaning: 'How often delivery is tried before an event fails.',
    more: 'It also fails if it could not be delivered 24 hours after it was due.',
    from: 1,
    to: 100,
    byDefault: 30,
  }),
  emitterMemoryMb: whole({
    meaning: 'Memory of the emitter and the settler.',
    more: 'Their share of a CPU grows with it.',
    unit: 'MB',
    from: LEAST_EMITTER_MEMORY_MB,
    to: MOST_MEMORY_MB,
    byDefault: 512,
  }),
  validatorConcurrency: whole({
    meaning: 'Most validators that take from the input queue at once, each a batch at a time.',
    more: 'It keeps a flood of new events from taking the concurrency of the account away from those who deliver; in an account whose concurrency is low, set it to less than half of that.',
    ...MAXIMUM_CONCURRENCY,
    byDefault: 100,
  }),
  inputBatchSize: whole({
    meaning: 'Most messages of the input queue that one validator takes at once.',
    more: `More than ${MOST_WITHOUT_WINDOW} need an \`inputWindowSeconds\` of 1 or more, and are worth it only with one: batches are larger only if there is time to fill them, or a queue behind them.`,
    from: 1,
    to: MOST_IN_BATCH,
    byDefault: 10,
  }),
  inputWindowSeconds: whole({
    meaning: 'How long Lambda gathers messages for a batch before it hands them to a validator.',
    more: 'Larger batches cost less (docs/cost.md). The price is lateness: an event that is due within the window may be that much late, and Lambda may gather for up to 20 seconds, whatever the window, while there is little traffic; a cancel, too, gets there that much later. Set it where every event is scheduled half a minute ahead or more; 0 hands over at once.',
    unit: 'seconds',
    ...BATCHING_WINDOW,
    byDefault: 0,
  }),
  loaderReservedConcurrency: optionalWhole({
    meaning: 'Concurrency of the account that is kept free for the loader.',
    more: 'It is also the most that the loader gets; two are enough. An account needs 100 more than it reserves, and a new one may have ten in all.',
    ...RESERVED_CONCURRENCY,
    otherwise: 'none is reserved, and there is no bound',
    example: 2,
  }),
  emitterReservedConcurrency: optionalWhole({
    meaning: 'Concurrency of the account that is kept free for the emitter.',
    more: `It is also the most that the emitter gets: allow for two minutes that overlap, and for as many segments as a minute may be cut into, up to ${MAX_SEGMENTS} for each shard. An account needs 100 more than it reserves, and a new one may have ten in all.`,
    ...RESERVED_CONCURRENCY,
    otherwise: 'none is reserved, and there is no bound',
    example: 100,
  }),
  logRetentionDays: oneOf({
    meaning: 'How long logs are kept.',
    unit: 'days',
    values: LOG_RETENTION_DAYS,
    byDefault: 14,
  }),
  alarmEmail: optional({
    meaning: 'Who is told about alarms.',
    more: 'AWS asks for a confirmation by mail; nothing is sent before it is given.',
    range: 'an email address',
    otherwise: 'nobody: alarms only show in the console',
    example: 'you@example.com',
    schema: (error) => z.email({ error }),
  }),
  protect: flag({
    meaning: 'Whether what holds events is protected from deletion.',
    more: 'That is the table, by Pulumi and by DynamoDB, and, by Pulumi, the input topic, its queue, their dead letters and the key. Nothing of a stack is destroyed while part of it is protected.',
    byDefault: false,
  }),
  pointInTimeRecovery: flag({
    meaning: 'Whether the table can be restored to any second of the last 35 days.',
    more: 'DynamoDB asks nearly as much for it as for the storage (docs/cost.md). Without it, what somebody deletes or spoils in the table is gone; no function of the stack may delete.',
    byDefault: true,
  }),
  logLevel: oneOf({
    meaning: 'The least level that functions log.',
    more: 'At DEBUG Lambda also logs that an invocation began and ended, and what it took; otherwise only that one failed. Above INFO the metrics are dropped too, because Lambda takes their lines for INFO, and with them the alarm on unsettled slots.',
    values: ['DEBUG', 'INFO', 'WARN', 'ERROR'],
    byDefault: 'INFO',
  }),
  tracing: flag({
    meaning: 'Whether functions and executions are traced by X-Ray.',
    more: 'Of the invocations X-Ray records one a second and a twentieth of the others, at $5 a million (docs/cost.md).',
    byDefault: false,
  }),
})

/** The settings of a scheduler. What each accepts is also what its error says. */
export const settingsSchema = settings.refine(
  ({ inputBatchSize, inputWindowSeconds }) => inputBatchSize <= MOST_WITHOUT_WINDOW || inputWindowSeconds > 0,
  {
    path: ['inputBatchSize'],
    error: `allowed without inputWindowSeconds: at most ${MOST_WITHOUT_WINDOW}`,
  },
)
