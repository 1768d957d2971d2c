import type { ScheduledEvent } from '../../core/event.ts'
import { heldEvents } from './held-events.ts'
import { type OutstandingEvents, outstandingEvents } from './outstanding-events.ts'
import type { Endings, Failure } from './publishing.ts'
import { type Clearance, startReleaseLoop } from './release-loop.ts'
import { startTargetQueues, type TargetQueuesDeps } from './target-queues.ts'

/** What becomes of an event. The promises are awaited before the delivery ends; a rejection fails it. */
export interface Fate {
  /** @param atMs when the target's topic had taken it, epoch ms */
  delivered(event: ScheduledEvent, atMs: number): void
  expired(event: ScheduledEvent): Promise<void>
  failed(event: ScheduledEvent, failure: Failure): Promise<void>
}

export type DeliveryDeps = TargetQueuesDeps

/** Holds events to their millisecond, then hands them to the queues of their targets. */
export function startDelivery(deps: DeliveryDeps, fate: Fate, clearance?: Clearance) {
  const faults: unknown[] = []
  const outstanding = outstandingEvents()
  const held = heldEvents()
  const queues = startTargetQueues(deps, endingsOf(fate, outstanding, faults))
  const loop = startReleaseLoop({ clock: deps.clock, held, release: queues.add }, clearance)
  return {
    /** Takes events to deliver; in the order of their keys costs least. Those it has already are left as they are. */
    hold(events: readonly ScheduledEvent[]): void {
      for (const event of events) if (outstanding.add(event)) held.add(event)
      loop.wake()
    },
    /** Lets go of an event that is still held. */
    drop(key: string): void {
      const event = outstanding.get(key)
      if (event && held.remove(event)) outstanding.remove(event)
    },
    /** Lets go of every event that is still held. */
    abandon(): void {
      for (const event of held.takeUntil(Number.POSITIVE_INFINITY)) outstanding.remove(event)
      loop.wake()
    },
    /** From now on events due up to `untilMs` go out: the caller vouches that nobody has cancelled them. */
    clear: loop.clear,
    /** Events due up to here go out, epoch ms. */
    clearedUntilMs: loop.clearedUntilMs,
    /** Events taken and not done with. */
    size: outstanding.size,
    /** About as many bytes of memory as these take, were their payloads ASCII. */
    bytes: outstanding.bytes,
    /** The key not done with that was taken first; undefined when all are done with. */
    firstKey: outstanding.firstKey,
    /** The lowest and the highest key that is still held; undefined when none is. */
    heldKeys: held.range,
    /** Resolves when every event is done with. @throws the first fault of a fate */
    async finish(): Promise<void> {
      await loop.finish()
      await outstanding.empty()
      if (faults.length > 0) throw faults[0]
    },
  }
}

export type Delivery = ReturnType<typeof startDelivery>

/** An event is done with once its fate is written down. */
function endingsOf(fate: Fate, outstanding: OutstandingEvents, faults: unknown[]): Endings {
  const conclude = (event: ScheduledEvent, ending: Promise<void>) => {
    ending.catch((fault) => faults.push(fault)).finally(() => outstanding.remove(event))
  }
  return {
    delivered(event, atMs) {
      fate.delivered(event, atMs)
      outstanding.remove(event)
    },
    expired: (event) => conclude(event, fate.expired(event)),
    failed: (event, failure) => conclude(event, fate.failed(event, failure)),
  }
}
