import type { Topics } from '../../aws/topics.ts'
import type { Clock, Random } from '../../core/clock.ts'
import { isRetryable } from '../../core/errors.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import { batchLength, MAX_BATCH_ENTRIES } from '../../core/output-message.ts'
import type { PublishResult } from '../../core/publish-result.ts'
import { inMemoryDelayMs } from '../../core/retry.ts'
import { TRIES_IN_MEMORY } from '../../core/timetable.ts'

/** Publishes under way to one target. Above it the events of that target wait. */
const MAX_IN_FLIGHT = 16

/**
 * A batch that others could still join goes out only while fewer publishes to its target are under way: under load it
 * waits for one of them to come back, a few milliseconds, and fills up. Ten events in one request cost as much as one.
 */
const FILL_UP_FROM = 4

export type Failure = Extract<PublishResult, { ok: false }>

/** How an event leaves its queue. */
export interface Endings {
  /** @param atMs when the target's topic had taken it, epoch ms */
  delivered(event: ScheduledEvent, atMs: number): void
  /** `latest` passed before it could be published. */
  expired(event: ScheduledEvent): void
  /** Not published: for good, or after every try in memory. */
  failed(event: ScheduledEvent, failure: Failure): void
}

export interface QueueDeps {
  topics: Pick<Topics, 'publish'>
  clock: Clock
  random: Random
}

/** Events of one target that are due and wait for a free publish. */
interface Queue {
  target: string
  events: ScheduledEvent[]
  head: number
  inFlight: number
}

/** Publishes due events in batches, each target on its own, so that a slow or failing one delays nobody else. */
export function startTargetQueues({ topics, clock, random }: QueueDeps, endings: Endings) {
  const queues = new Map<string, Queue>()
  const tries = new Map<string, number>()

  const enqueue = (event: ScheduledEvent): Queue | undefined => {
    if (event.latestAtMs !== undefined && clock.now() > event.latestAtMs) {
      tries.delete(event.key)
      endings.expired(event)
      return undefined
    }
    const queue = queues.get(event.target) ?? { target: event.target, events: [], head: 0, inFlight: 0 }
    queues.set(event.target, queue)
    queue.events.push(event)
    return queue
  }
  const pump = (queue: Queue) => {
    while (queue.inFlight < MAX_IN_FLIGHT && queue.head < queue.events.length) {
      const end = queue.head + batchLength(queue.events, queue.head)
      const hasRoom = end === queue.events.length && end - queue.head < MAX_BATCH_ENTRIES
      if (hasRoom && queue.inFlight >= FILL_UP_FROM) break
      const batch = queue.events.slice(queue.head, end)
      queue.head = end
      void publish(queue, batch)
    }
    if (queue.head === queue.events.length) {
      queue.events = []
      queue.head = 0
      if (queue.inFlight === 0) queues.delete(queue.target)
    }
  }
  const publish = async (queue: Queue, batch: readonly ScheduledEvent[]) => {
    queue.inFlight++
    const results = await topics.publish(queue.target, batch)
    queue.inFlight--
    const atMs = clock.now()
    const refused: ScheduledEvent[] = []
    batch.forEach((event, i) => {
      const result = results[i] as PublishResult
      if (result.ok) {
        tries.delete(event.key)
        endings.delivered(event, atMs)
      } else if (isRetryable(result.code)) void retry(event, result)
      else if (result.code === 'TARGET_REFUSED' && batch.length > 1) refused.push(event)
      else fail(event, result)
    })
    // One poisonous event may have had the whole batch refused.
    for (const event of refused) void publish(queue, [event])
    pump(queue)
  }
  const retry = async (event: ScheduledEvent, failure: Failure) => {
    const made = (tries.get(event.key) ?? 0) + 1
    tries.set(event.key, made)
    if (made === TRIES_IN_MEMORY) return fail(event, failure)
    await clock.sleep(inMemoryDelayMs(made, random()))
    const queue = enqueue(event)
    if (queue) pump(queue)
  }
  const fail = (event: ScheduledEvent, failure: Failure) => {
    tries.delete(event.key)
    endings.failed(event, failure)
  }

  return {
    /** Takes events that are due. Each ends in exactly one way. */
    add(events: readonly ScheduledEvent[]): void {
      const touched = new Set<Queue>()
      for (const event of events) {
        const queue = enqueue(event)
        if (queue) touched.add(queue)
      }
      for (const queue of touched) pump(queue)
    },
  }
}
