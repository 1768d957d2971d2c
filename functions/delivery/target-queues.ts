import type { ScheduledEvent } from '../../core/event.ts'
import type { Untold } from '../../core/untold.ts'
import type { Clearance } from './clearance.ts'
import { startPostponing } from './postponing.ts'
import { type Endings, type PublishingDeps, publishingWith } from './publishing.ts'
import { targetLoads } from './target-loads.ts'
import { type TargetQueue, targetQueue } from './target-queue.ts'

export type TargetQueuesDeps = Omit<PublishingDeps, 'tryAgain'> & {
  /** Without it no publish begins, a first one or a later try. The queues are to be told when it is given. */
  clearance: Pick<Clearance, 'isGiven'>
  /** Until when events are deferred that there is no room for, epoch ms. */
  deferUntilMs: number
}

export type QueueEndings = Endings & {
  /** It is somebody else's to publish: the next emitter's, if the queues were abandoned, or the settler's. */
  letGo(event: ScheduledEvent): void
  /** Too many events of its target wait: its key is kept until there is room for it. */
  deferred(event: ScheduledEvent): void
  /**
   * Even for that there is no room, or it has waited long enough: it is parked again without a try. Resolves when it is;
   * never rejects.
   */
  postponed(event: ScheduledEvent): Promise<void>
  /** It has failed before, and nobody could be told. Resolves when that is done with, one way or another. */
  untold(event: ScheduledEvent, untold: Untold): Promise<void>
}

/**
 * Publishes due events in batches, each target on its own, so that a slow or failing one delays nobody else: neither by
 * what is under way to it, nor by what it has in memory. What it has no room for is deferred, as long as that may be and
 * there is room for its key; else it is parked again without a try, and what is too much even for that is the settler's.
 */
export function startTargetQueues(deps: TargetQueuesDeps, endings: QueueEndings) {
  const queues = new Map<string, TargetQueue>()
  const loads = targetLoads()
  let isAbandoned = false
  let hasWaited = false
  const queueOf = (target: string) => {
    const queue = queues.get(target) ?? targetQueue(target)
    queues.set(target, queue)
    return queue
  }
  const postponing = startPostponing({ postpone: endings.postponed })
  const letGo = (event: ScheduledEvent) => {
    loads.leave(event)
    endings.letGo(event)
  }
  const mayDefer = () => deps.clock.now() < deps.deferUntilMs
  const defer = (event: ScheduledEvent): boolean => {
    if (!mayDefer() || !loads.defer(event)) return false
    endings.deferred(event)
    return true
  }
  const postpone = (event: ScheduledEvent): boolean => postponing.add(event)
  /** Has it wait elsewhere: in the first of these ways that has room for it. */
  const putOff = (event: ScheduledEvent, ...ways: ((event: ScheduledEvent) => boolean)[]) => {
    loads.leave(event)
    if (isAbandoned || !ways.some((way) => way(event))) endings.letGo(event)
  }
  const publishing = publishingWith(
    { ...deps, tryAgain: (event) => queueAll([event]) },
    {
      delivered(event, atMs) {
        loads.leave(event)
        endings.delivered(event, atMs)
      },
      failed: (event, failure) => endings.failed(event, failure).finally(() => loads.leave(event)),
    },
  )
  const publish = async (queue: TargetQueue, batch: readonly ScheduledEvent[]) => {
    queue.began()
    const beganMs = deps.clock.now()
    const { alone, ok } = await publishing(queue.target, batch)
    queue.ended({ beganMs, endedMs: deps.clock.now(), ok })
    queue.addAlone(alone)
    pump(queue)
  }
  const pump = (queue: TargetQueue) => {
    if (isAbandoned) for (const event of queue.takeAll()) letGo(event)
    while (deps.clearance.isGiven()) {
      const batch = queue.nextBatch()
      if (!batch) break
      const inTime = withoutExpired(batch)
      if (inTime.length > 0) void publish(queue, inTime)
    }
    // Whoever waited for a target that does not answer would wait in vain.
    if (queue.isSilent() && deps.clearance.isGiven())
      for (const event of queue.takeAll()) putOff(event, postpone, defer)
    if (queue.isIdle()) queues.delete(queue.target)
  }
  const pumpAll = () => {
    for (const queue of queues.values()) pump(queue)
  }
  /** What nobody may publish waits for its clearance, and not for its target. */
  const mayBePublished = () => {
    const isGiven = deps.clearance.isGiven()
    if (isGiven && hasWaited) loads.startAnew(deps.clock.now())
    hasWaited = !isGiven
    return isGiven
  }
  /** Has those events expire whose latest time has passed, also while they waited. @returns the others */
  const withoutExpired = (events: readonly ScheduledEvent[]): readonly ScheduledEvent[] => {
    const nowMs = deps.clock.now()
    const isLate = ({ latestAtMs = Number.POSITIVE_INFINITY }: ScheduledEvent) => !isAbandoned && nowMs > latestAtMs
    if (!events.some(isLate)) return events
    for (const event of events) if (isLate(event)) void endings.expired(event).finally(() => loads.leave(event))
    return events.filter((event) => !isLate(event))
  }
  /** Puts events into the queues of their targets. */
  const queueAll = (events: readonly ScheduledEvent[]): void => {
    for (const [target, due] of Map.groupBy(withoutExpired(events), (event) => event.target)) {
      const queue = queueOf(target)
      queue.add(due)
      pump(queue)
    }
  }
  const tell = (event: ScheduledEvent, untold: Untold) => {
    if (isAbandoned) letGo(event)
    else void endings.untold(event, untold).finally(() => loads.leave(event))
  }
  /** Takes events that are due, as far as there is room for them if they are bounded. */
  const take = (events: readonly ScheduledEvent[], isBounded: boolean) => {
    const nowMs = deps.clock.now()
    const [taken, beyond] = partition(events, (event) => loads.take(event, { nowMs, isBounded }))
    for (const event of beyond) putOff(event, defer, postpone)
    for (const event of taken) if (event.untold) tell(event, event.untold)
    queueAll(taken.filter(({ untold }) => !untold))
  }
  return {
    /** Takes events that are due. Each ends in exactly one way. */
    add: (events: readonly ScheduledEvent[]): void => take(events, mayBePublished()),
    /**
     * Takes the keys of deferred events that there is room for, or whose time is over; they are to be looked up and
     * resumed. No more than could be parked again, if that is what becomes of them.
     */
    takeDeferred(): string[] {
      return loads.takeDeferred({ nowMs: deps.clock.now(), isBounded: mayDefer(), most: postponing.room() })
    },
    /** Takes back events that were deferred. If their time is over they are parked again. */
    resume(events: readonly ScheduledEvent[]): void {
      if (mayDefer()) take(events, false)
      else for (const event of events) putOff(event, postpone)
    },
    /** Has the queues look at the clearance again. */
    wake(): void {
      mayBePublished()
      pumpAll()
    },
    /** Lets go of every event that waits, now or later; publishes that are under way are not called back. */
    abandon(): void {
      isAbandoned = true
      pumpAll()
    },
  }
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [first: T[], second: T[]] {
  const first = new Set(all.filter(isFirst))
  return [[...first], all.filter((one) => !first.has(one))]
}
