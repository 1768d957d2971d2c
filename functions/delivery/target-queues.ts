import type { ScheduledEvent } from '../../core/event.ts'
import type { Clearance } from './clearance.ts'
import { type Endings, type PublishingDeps, publishingWith } from './publishing.ts'
import { type TargetQueue, targetQueue } from './target-queue.ts'

export type TargetQueuesDeps = Omit<PublishingDeps, 'tryAgain'> & {
  /** Without it no publish begins, a first one or a later try. The queues are to be told when it is given. */
  clearance: Pick<Clearance, 'isGiven'>
}

export type QueueEndings = Endings & {
  /** The queues were abandoned: it is somebody else's to publish. */
  letGo(event: ScheduledEvent): void
}

/** Publishes due events in batches, each target on its own, so that a slow or failing one delays nobody else. */
export function startTargetQueues(deps: TargetQueuesDeps, endings: QueueEndings) {
  const queues = new Map<string, TargetQueue>()
  let isAbandoned = false
  const queueOf = (target: string) => {
    const queue = queues.get(target) ?? targetQueue(target)
    queues.set(target, queue)
    return queue
  }
  const publishing = publishingWith({ ...deps, tryAgain: (event) => add([event]) }, endings)
  const publish = async (queue: TargetQueue, batch: readonly ScheduledEvent[]) => {
    queue.began()
    const alone = await publishing(queue.target, batch)
    queue.ended()
    queue.addAlone(alone)
    pump(queue)
  }
  const pump = (queue: TargetQueue) => {
    if (isAbandoned) for (const event of queue.takeAll()) endings.letGo(event)
    while (deps.clearance.isGiven()) {
      const batch = queue.nextBatch()
      if (!batch) break
      void publish(queue, batch)
    }
    if (queue.isIdle()) queues.delete(queue.target)
  }
  const pumpAll = () => {
    for (const queue of queues.values()) pump(queue)
  }
  /** Takes events that are due. Each ends in exactly one way. */
  const add = (events: readonly ScheduledEvent[]): void => {
    const nowMs = deps.clock.now()
    const isLate = ({ latestAtMs = Number.POSITIVE_INFINITY }: ScheduledEvent) => !isAbandoned && nowMs > latestAtMs
    for (const event of events) if (isLate(event)) endings.expired(event)
    const inTime = events.filter((event) => !isLate(event))
    for (const [target, due] of Map.groupBy(inTime, (event) => event.target)) {
      const queue = queueOf(target)
      queue.add(due)
      pump(queue)
    }
  }
  return {
    add,
    /** Has the queues look at the clearance again. */
    wake: pumpAll,
    /** Lets go of every event that waits, now or later; publishes that are under way are not called back. */
    abandon(): void {
      isAbandoned = true
      pumpAll()
    },
  }
}
