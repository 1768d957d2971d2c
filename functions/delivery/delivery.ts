import type { ScheduledEvent } from '../../core/event.ts'
import type { Untold } from '../../core/untold.ts'
import { type ClearanceOptions, startClearance } from './clearance.ts'
import { heldEvents } from './held-events.ts'
import { type OutstandingEvents, outstandingEvents } from './outstanding-events.ts'
import type { Failure } from './publishing.ts'
import { startReleaseLoop } from './release-loop.ts'
import { type QueueEndings, startTargetQueues, type TargetQueuesDeps } from './target-queues.ts'

/** What becomes of an event. The promises are awaited before the delivery ends; a rejection fails it. */
export interface Fate {
  /** @param atMs when the target's topic had taken it, epoch ms */
  delivered(event: ScheduledEvent, atMs: number): void
  expired(event: ScheduledEvent): Promise<void>
  failed(event: ScheduledEvent, failure: Failure): Promise<void>
  /** There is no room for it: it goes on later, without a try. */
  postponed(event: ScheduledEvent): Promise<void>
  /** It has failed before, and nobody could be told. */
  untold(event: ScheduledEvent, untold: Untold): Promise<void>
}

export type DeliveryDeps = Omit<TargetQueuesDeps, 'clearance' | 'deferUntilMs'>

export interface DeliveryOptions extends ClearanceOptions {
  /**
   * Until when events of a target that is behind may be deferred, epoch ms: the caller looks up what `takeDeferred` gives
   * it, and resumes that.
   *
   * @default none is deferred
   */
  deferUntilMs?: number
}

/** Holds events to their millisecond, then hands them to the queues of their targets. */
export function startDelivery(
  deps: DeliveryDeps,
  fate: Fate,
  { deferUntilMs = Number.NEGATIVE_INFINITY, ...cleared }: DeliveryOptions = {},
) {
  const faults: unknown[] = []
  const outstanding = outstandingEvents()
  const held = heldEvents()
  const clearance = startClearance(deps.clock, cleared)
  const endings = endingsOf(fate, outstanding, faults)
  const queues = startTargetQueues({ ...deps, clearance, deferUntilMs }, endings)
  const loop = startReleaseLoop({ clock: deps.clock, held, clearance, release: queues.add })
  const wake = () => {
    queues.wake()
    loop.wake()
  }
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
    /** Takes the keys of deferred events that are to be looked up again, and resumed. */
    takeDeferred: queues.takeDeferred,
    /** Takes back the events of those keys; those that are not found are somebody else's, or have ended. */
    resume(keys: readonly string[], found: readonly ScheduledEvent[]): void {
      outstanding.resume(keys, found)
      queues.resume(found)
    },
    /**
     * Lets go of every event that is not being published at this moment: of those held or deferred, those that wait in the queue of
     * their target or for their next try, and those whose publish fails from now on.
     */
    abandon(): void {
      for (const event of held.takeUntil(Number.POSITIVE_INFINITY)) outstanding.remove(event)
      outstanding.dropDeferred()
      endings.abandon()
      queues.abandon()
      loop.wake()
    },
    /**
     * From now on until `untilMs` (epoch ms), inclusive, what is due may begin to be published, and no longer: the caller
     * vouches that it is theirs to publish, and that nobody has cancelled it.
     */
    clear(untilMs: number): void {
      clearance.give(untilMs)
      wake()
    },
    /** Looks again at whether what is due may be published. */
    wake,
    /** Until when publishes may begin, epoch ms. */
    clearedUntilMs: clearance.untilMs,
    /** Events taken and not done with. */
    size: outstanding.size,
    /** About as many bytes of memory as these take, were their payloads ASCII. */
    bytes: outstanding.bytes,
    /** The lowest key that is not done with; undefined when all are done with. */
    lowestKey: outstanding.lowestKey,
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
function endingsOf(fate: Fate, outstanding: OutstandingEvents, faults: unknown[]): QueueEndings & { abandon(): void } {
  let isAbandoned = false
  const conclude = async (event: ScheduledEvent, ending: Promise<void>) => {
    await ending.catch((fault) => faults.push(fault))
    outstanding.remove(event)
  }
  return {
    abandon(): void {
      isAbandoned = true
    },
    delivered(event, atMs) {
      fate.delivered(event, atMs)
      outstanding.remove(event)
    },
    letGo: outstanding.remove,
    deferred: outstanding.defer,
    expired: (event) => conclude(event, fate.expired(event)),
    // Whoever has it now tries it again.
    failed: async (event, failure) =>
      isAbandoned ? outstanding.remove(event) : conclude(event, fate.failed(event, failure)),
    postponed: async (event) => (isAbandoned ? outstanding.remove(event) : conclude(event, fate.postponed(event))),
    untold: (event, untold) => conclude(event, fate.untold(event, untold)),
  }
}
