import type { Clock, Random } from '../core/clock.ts'
import { isRetryable } from '../core/errors.ts'
import type { ScheduledEvent } from '../core/event.ts'
import { batchLength } from '../core/message.ts'
import { inMemoryDelayMs, TRIES_IN_MEMORY } from '../core/retry.ts'
import type { PublishResult, Topics } from '../gateway/topics.ts'

/** Publishes under way to one target. Above it the events of that target wait, and batches fill up. */
const MAX_IN_FLIGHT = 16

export type Failure = Extract<PublishResult, { ok: false }>

/** What becomes of an event. The promises are awaited before the delivery ends; a rejection fails it. */
export interface Fate {
  /** @param atMs when the target's topic had taken it, epoch ms */
  delivered(event: ScheduledEvent, atMs: number): void
  /** `latest` passed before it could be published. */
  expired(event: ScheduledEvent): Promise<void>
  /** Not published: for good, or after every try in memory. */
  failed(event: ScheduledEvent, failure: Failure): Promise<void>
}

export interface DeliveryDeps {
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

/**
 * Holds events to their millisecond and publishes them in batches, each target on its own, so that a slow or failing
 * one delays nobody else.
 */
export function startDelivery({ topics, clock, random }: DeliveryDeps, fate: Fate) {
  const outstanding = new Map<string, ScheduledEvent>()
  const waiting = new Set<string>()
  const tries = new Map<string, number>()
  const queues = new Map<string, Queue>()
  const faults: unknown[] = []
  let held: ScheduledEvent[] = []
  let head = 0
  let bytes = 0
  let clearedUntilMs = Number.POSITIVE_INFINITY
  let closed = false
  let wake = new AbortController()
  let idle = () => {}

  const signal = () => {
    // A reason of our own, because the default one is an error with a stack, and costly.
    wake.abort('more to hold')
    wake = new AbortController()
  }
  const done = (event: ScheduledEvent) => {
    if (!outstanding.delete(event.key)) return
    waiting.delete(event.key)
    tries.delete(event.key)
    bytes -= event.payload.length
    if (outstanding.size === 0) idle()
  }
  const conclude = (event: ScheduledEvent, ending: Promise<void>) => {
    ending.catch((fault) => faults.push(fault)).finally(() => done(event))
  }

  /** Puts a due event at the end of its target's queue. */
  const enqueue = (event: ScheduledEvent): Queue | undefined => {
    if (event.latestAtMs !== undefined && clock.now() > event.latestAtMs) {
      conclude(event, fate.expired(event))
      return undefined
    }
    const queue = queues.get(event.target) ?? { target: event.target, events: [], head: 0, inFlight: 0 }
    queues.set(event.target, queue)
    queue.events.push(event)
    return queue
  }
  const pump = (queue: Queue) => {
    while (queue.inFlight < MAX_IN_FLIGHT && queue.head < queue.events.length) {
      const batch = queue.events.slice(queue.head, queue.head + batchLength(queue.events, queue.head))
      queue.head += batch.length
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
    batch.forEach((event, i) => {
      handle(queue, event, results[i] as PublishResult, { atMs, alone: batch.length === 1 })
    })
    pump(queue)
  }
  const handle = (
    queue: Queue,
    event: ScheduledEvent,
    result: PublishResult,
    { atMs, alone }: { atMs: number; alone: boolean },
  ) => {
    if (result.ok) {
      fate.delivered(event, atMs)
      done(event)
    } else if (isRetryable(result.code)) {
      retry(event, result)
    } else if (result.code === 'TARGET_REFUSED' && !alone) {
      // One poisonous event may have had the whole batch refused.
      void publish(queue, [event])
    } else conclude(event, fate.failed(event, result))
  }
  const retry = async (event: ScheduledEvent, failure: Failure) => {
    const made = (tries.get(event.key) ?? 0) + 1
    tries.set(event.key, made)
    if (made === TRIES_IN_MEMORY) return conclude(event, fate.failed(event, failure))
    await clock.sleep(inMemoryDelayMs(made, random()))
    const queue = enqueue(event)
    if (queue) pump(queue)
  }

  /** Hands over everything that is due. Nothing is published before its due time on this clock. */
  const release = (nowMs: number) => {
    const touched = new Set<Queue>()
    const untilMs = Math.min(nowMs, clearedUntilMs)
    for (; head < held.length && (held[head] as ScheduledEvent).emitAtMs <= untilMs; head++) {
      const event = held[head] as ScheduledEvent
      const queue = waiting.delete(event.key) ? enqueue(event) : undefined
      if (queue) touched.add(queue)
    }
    for (const queue of touched) pump(queue)
    if (head === held.length || head > 10_000) {
      held = held.slice(head)
      head = 0
    }
  }
  const holding = (async () => {
    while (!closed || head < held.length) {
      const next = held[head]
      const cleared = next !== undefined && next.emitAtMs <= clearedUntilMs
      const aheadMs = cleared ? next.emitAtMs - clock.now() : Number.POSITIVE_INFINITY
      if (aheadMs <= 0) release(clock.now())
      else await clock.sleep(Math.min(aheadMs, 60_000), wake.signal)
    }
  })()

  return {
    /** Takes events to deliver; in the order of their keys costs least. */
    hold(events: readonly ScheduledEvent[]): void {
      for (const event of events) {
        if (outstanding.has(event.key)) continue
        outstanding.set(event.key, event)
        waiting.add(event.key)
        bytes += event.payload.length
        let at = held.length
        while (at > head && (held[at - 1] as ScheduledEvent).emitAtMs > event.emitAtMs) at--
        held.splice(at, 0, event)
      }
      signal()
    },
    /** From now on only events due up to `untilMs` go out: the caller vouches that nobody has cancelled them. */
    clear(untilMs: number): void {
      clearedUntilMs = untilMs
      signal()
    },
    /** Lets go of an event that is still held. */
    drop(key: string): void {
      const event = outstanding.get(key)
      if (event && waiting.has(key)) done(event)
    },
    /** Lets go of every event that is still held. */
    abandon(): void {
      for (const key of [...waiting]) done(outstanding.get(key) as ScheduledEvent)
      held = []
      head = 0
      signal()
    },
    /** Events taken and not done with. */
    size: () => outstanding.size,
    /** UTF-16 units of payload in memory. */
    bytes: () => bytes,
    /** The first key not done with; undefined when all are. */
    firstKey: (): string | undefined => outstanding.keys().next().value,
    /** Resolves when every event is done with. @throws the first fault of a fate */
    async finish(): Promise<void> {
      closed = true
      signal()
      await holding
      if (outstanding.size > 0) await new Promise<void>((resolve) => (idle = resolve))
      if (faults.length > 0) throw faults[0]
    },
  }
}

export type Delivery = ReturnType<typeof startDelivery>
