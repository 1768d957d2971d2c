import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Random } from '../../../core/clock.ts'
import type { PublishResult } from '../../../core/publish-result.ts'
import { TIMEOUT_SECONDS } from '../../../core/timetable.ts'
import { emitterWith } from '../../../functions/emitter/handler.ts'
import { loaderWith } from '../../../functions/loader/handler.ts'
import { plannerWith } from '../../../functions/planner/handler.ts'
import { settlerWith } from '../../../functions/settler/handler.ts'
import { validatorWith } from '../../../functions/validator/handler.ts'
import type { World } from '../../../functions/world.ts'
import { deliverNow } from '../../../infra/definitions/deliver-now.ts'
import { deliverSlot } from '../../../infra/definitions/deliver-slot.ts'
import { type DynamoDBInMemory, dynamoDBInMemory, type Request, requestName } from '../../memory/dynamodb.ts'
import { eventsInMemory } from '../../memory/events-table.ts'
import { type Instance, seenFrom } from '../../simulation/instance.ts'
import { type Lambda, startLambda } from '../../simulation/lambda.ts'
import { faultsOf } from '../../simulation/luck.ts'
import { startMinute } from '../../simulation/minute.ts'
import { startRegion } from '../../simulation/region.ts'
import { startStepFunctions } from '../../simulation/step-functions.ts'
import { openStrikes } from '../../simulation/strikes.ts'
import { type VirtualTime, virtualTime } from '../../simulation/virtual-time.ts'
import { seededRandom } from '../../support/random.ts'
import { SILENT_LOG } from '../../support/recorders.ts'

export type Part = 'validator' | 'loader' | 'planner' | 'emitter' | 'settler'

/** What a function has used. */
interface Used {
  invocations: number
  /** How long it ran in all, ms of simulated time: of requests and waits, as computing takes none. */
  ms: number
  /** Units of the table by request, such as `BatchWrite event`. */
  reads: Map<string, number>
  writes: Map<string, number>
}

/** What the events of a run have used. */
export interface Counted {
  parts: Record<Part, Used>
  /** States that executions of `deliver-slot` entered. */
  transitions: number
  /** Executions of `deliver-now`. */
  express: number
  /** Publishes to targets, of up to ten events each. */
  publishes: number
  delivered: number
  minutes: number
  /** Bytes of what stands in the table in the end, an item's overhead left out. */
  storedBytes: number
  items: number
}

export interface Given {
  /** Events in all, due at random milliseconds of some minutes. */
  events: number
  /** The minutes in which they are due. */
  minutes: number
  payloadBytes: number
  /** Messages of one invocation of the validator. */
  inputBatch: number
  /** How long before the first is due they are published, ms: when it is due, where it is 0. */
  aheadMs: number
  /** Whether the client chose the ids. */
  ownIds?: boolean
  /** Whether all events are due at whole seconds. */
  wholeSeconds?: boolean
}

const START_MS = Date.parse('2026-11-23T00:00:00.000Z')
const MINUTE_MS = 60_000
const TARGET = 'arn:aws:sns:us-east-1:123456789012:scheduler-output-prod'

/** Runs events through the deployed functions and definitions, in simulated time and without a fault, and counts. */
export async function wholePath(given: Given): Promise<Counted> {
  const time = virtualTime(START_MS)
  const strikes = openStrikes(time.now)
  const faults = faultsOf(new Set(), seededRandom(1), strikes)
  const region = startRegion(time, faults, START_MS)
  const dynamodb = dynamoDBInMemory()
  const counted = nothingYet(given.minutes)

  const world = (instance: Instance, part: Part): World => ({
    clock: instance.clock,
    random: faults.random,
    table: eventsInMemory({
      clock: instance.clock,
      random: faults.random,
      retentionDays: 7,
      dynamodb: { ...dynamodb, client: countingClient(dynamodb, instance, counted.parts[part]) },
    }),
    topics: {
      async publish(_target, events) {
        counted.publishes++
        counted.delivered += events.length
        return instance.call('publish', () => events.map((): PublishResult => ({ ok: true })))
      },
      notify: async () => {
        throw new Error('nothing goes wrong here')
      },
    },
    runners: seenFrom(instance, machines.runners),
    express: seenFrom(instance, {
      deliver: (...args: Parameters<typeof machines.express.deliver>) => {
        counted.express++
        return machines.express.deliver(...args)
      },
    }),
    log: SILENT_LOG,
    metrics: { publish: () => {} },
    warmUp: async () => 0,
    shards: 1,
    index: 'own',
    maxAttempts: 6,
    failureTopicArn: TARGET,
    rules: { allowedTargets: ['*'], enforceUser: true },
  })
  const spec = (part: Part, functionWith: (world: World) => (input: never) => Promise<unknown>) => ({
    timeoutMs: TIMEOUT_SECONDS[part] * 1_000,
    create: (instance: Instance) => functionWith(world(instance, part)),
  })
  const lambda = timed(
    startLambda(region, {
      validator: spec('validator', validatorWith),
      loader: spec('loader', loaderWith),
      planner: spec('planner', plannerWith),
      emitter: spec('emitter', emitterWith),
      settler: spec('settler', settlerWith),
    }),
    { counted, now: time.now },
  )
  const slots = deliverSlot({ planner: 'planner', emitter: 'emitter', settler: 'settler' })
  const machines = startStepFunctions(
    region,
    lambda,
    {
      deliverSlot: slots,
      deliverNow: deliverNow({ emitter: 'emitter' }),
      entered: (_, definition) => {
        if (definition === slots) counted.transitions++
      },
    },
    () => {},
  )
  const endMs = START_MS + given.aheadMs + (given.minutes + 4) * MINUTE_MS
  startMinute(region, lambda, endMs)
  publishAll(given, { time, random: seededRandom(2), lambda })
  await time.run(endMs)
  for (const partition of dynamodb.store.partitions.values())
    partition.walk({ from: '', to: '\uffff', downwards: false }, ({ bytes }) => {
      counted.storedBytes += bytes
      counted.items++
      return true
    })
  return counted
}

function nothingYet(minutes: number): Counted {
  const used = (): Used => ({ invocations: 0, ms: 0, reads: new Map(), writes: new Map() })
  const parts = { validator: used(), loader: used(), planner: used(), emitter: used(), settler: used() }
  return { parts, transitions: 0, express: 0, publishes: 0, delivered: 0, minutes, storedBytes: 0, items: 0 }
}

interface Billed {
  CapacityUnits: number
}

/** A client that notes what DynamoDB would bill. */
function countingClient(dynamodb: DynamoDBInMemory, instance: Instance, used: Used) {
  const send = (command: Request) =>
    instance.call(requestName(command), async () => {
      Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' })
      const name = requestName(command)
      const isWrite = /^(BatchWrite|Put|Update) /.test(name)
      const answer = (await dynamodb.client.send(command as never)) as { ConsumedCapacity?: Billed | Billed[] }
      const units = isWrite ? used.writes : used.reads
      for (const { CapacityUnits } of [answer.ConsumedCapacity ?? []].flat())
        units.set(name, (units.get(name) ?? 0) + CapacityUnits)
      return answer
    })
  return { send: send as DynamoDBDocumentClient['send'] }
}

/** Lambda, with a clock that runs while a function does. */
function timed(lambda: Lambda, { counted, now }: { counted: Counted; now: () => number }): Lambda {
  return {
    async invoke(name, input) {
      const used = counted.parts[name as Part]
      const beganMs = now()
      used.invocations++
      try {
        return await lambda.invoke(name, input)
      } finally {
        used.ms += now() - beganMs
      }
    },
  }
}

/** Publishes the events a batch at a time, evenly over as many minutes as they are due in. */
function publishAll(
  { events, minutes, payloadBytes, inputBatch, aheadMs, ownIds, wholeSeconds }: Given,
  { time, random, lambda }: { time: VirtualTime; random: Random; lambda: Lambda },
): void {
  const dues = Array.from({ length: events }, () => Math.floor(random() * minutes * MINUTE_MS))
    .map((ms) => (wholeSeconds ? Math.floor(ms / 1_000) * 1_000 : ms))
    .sort((one, other) => one - other)
  for (let from = 0; from < events; from += inputBatch) {
    const batch = dues.slice(from, from + inputBatch)
    const atMs = START_MS + (batch[0] as number)
    time.at(atMs, () => {
      const Records = batch.map((ms, i) =>
        queued(from + i, atMs, {
          ...(ownIds && { id: idOf(events + from + i) }),
          date: new Date(START_MS + aheadMs + ms).toISOString(),
          target: TARGET,
          user: 'someone@example.com',
          payload: 'x'.repeat(payloadBytes),
        }),
      )
      void lambda.invoke('validator', { Records })
    })
  }
}

/** A message as the input queue hands it out. */
function queued(index: number, atMs: number, message: object) {
  const Timestamp = new Date(atMs).toISOString()
  return {
    messageId: `sqs-${index}`,
    body: JSON.stringify({ Type: 'Notification', MessageId: idOf(index), Message: JSON.stringify(message), Timestamp }),
    attributes: {
      SentTimestamp: String(atMs),
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: String(atMs),
    },
  }
}

/** As long as the MessageIds of SNS. */
const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
