import { keyAt, type ScheduledEvent } from '../../core/event.ts'
import { MAX_SLEEP_MS } from '../../core/timetable.ts'
import { type Failure, type QueueDeps, startTargetQueues } from './target-queues.ts'

/** What becomes of an event. The promises are awaited before the delivery ends; a rejection fails it. */
export interface Fate {
  /** @param atMs when the target's topic had taken it, epoch ms */
  delivered(event: ScheduledEvent, atMs: number): void
  expired(event: ScheduledEvent): Promise<void>
  failed(event: ScheduledEvent, failure: Failure): Promise<void>
}

export type DeliveryDeps = QueueDeps

/** What an event takes in memory besides its payload, bytes: an estimate, of its fields as strings of their own. */
export const EVENT_BYTES = 1_000

/** Released events that stay in the list of the held ones until it is cut, at most. */
const MAX_RELEASED = 10_000

/** Holds events to their millisecond, then hands them to the queues of their targets. */
export function startDelivery(deps: DeliveryDeps, fate: Fate) {
  const { clock } = deps
  /** Taken and not done with, in the order of being taken. */
  const outstanding = new Map<string, ScheduledEvent>()
  /** Of these, the keys of those not yet released. */
  const waiting = new Set<string>()
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
    wake.abort('something changed')
    wake = new AbortController()
  }
  const done = (event: ScheduledEvent) => {
    if (!outstanding.delete(event.key)) return
    waiting.delete(event.key)
    bytes -= EVENT_BYTES + event.payload.length
    if (outstanding.size === 0) idle()
  }
  const conclude = (event: ScheduledEvent, ending: Promise<void>) => {
    ending.catch((fault) => faults.push(fault)).finally(() => done(event))
  }
  const queues = startTargetQueues(deps, {
    delivered(event, atMs) {
      fate.delivered(event, atMs)
      done(event)
    },
    expired: (event) => conclude(event, fate.expired(event)),
    failed: (event, failure) => conclude(event, fate.failed(event, failure)),
  })
  const hold = (event: ScheduledEvent) => {
    if (outstanding.has(event.key)) return
    outstanding.set(event.key, event)
    waiting.add(event.key)
    bytes += EVENT_BYTES + event.payload.length
    let at = held.length
    while (at > head && (held[at - 1] as ScheduledEvent).emitAtMs > event.emitAtMs) at--
    if (at === held.length) held.push(event)
    else held.splice(at, 0, event)
  }
  /** Hands over everything that is due. Nothing is published before its due time on this clock. */
  const release = (nowMs: number) => {
    const untilMs = Math.min(nowMs, clearedUntilMs)
    const due: ScheduledEvent[] = []
    for (; head < held.length && (held[head] as ScheduledEvent).emitAtMs <= untilMs; head++) {
      const event = held[head] as ScheduledEvent
      if (waiting.delete(event.key)) due.push(event)
    }
    queues.add(due)
    if (head === held.length || head > MAX_RELEASED) {
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
      else await clock.sleep(Math.min(aheadMs, MAX_SLEEP_MS), wake.signal)
    }
  })()

  return {
    /** Takes events to deliver; in the order of their keys costs least. */
    hold(events: readonly ScheduledEvent[]): void {
      for (const event of events) hold(event)
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
    /** About as many bytes of memory as the events take, were their payloads ASCII. */
    bytes: () => bytes,
    /** The key not done with that was taken first; undefined when all are done with. */
    firstKey: (): string | undefined => outstanding.keys().next().value,
    /** No event that is still held has a lower key; undefined when none is held. */
    firstHeldKey(): string | undefined {
      const next = held[head]
      return next && keyAt(next.emitAtMs)
    },
    /** Events due up to here go out, epoch ms. */
    clearedUntilMs: () => clearedUntilMs,
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
