import type { ScheduledEvent } from '../../core/event.ts'
import { type Endings, type PublishingDeps, publishingWith } from './publishing.ts'
import { type TargetQueue, targetQueue } from './target-queue.ts'

export type TargetQueuesDeps = Omit<PublishingDeps, 'tryAgain'>

/** Publishes due events in batches, each target on its own, so that a slow or failing one delays nobody else. */
export function startTargetQueues(deps: TargetQueuesDeps, endings: Endings) {
  const queues = new Map<string, TargetQueue>()
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
    for (const event of alone) void publish(queue, [event])
    pump(queue)
  }
  const pump = (queue: TargetQueue) => {
    for (let batch = queue.nextBatch(); batch; batch = queue.nextBatch()) void publish(queue, batch)
    if (queue.isIdle()) queues.delete(queue.target)
  }
  /** Takes events that are due. Each ends in exactly one way. */
  const add = (events: readonly ScheduledEvent[]): void => {
    const nowMs = deps.clock.now()
    const isLate = ({ latestAtMs = Number.POSITIVE_INFINITY }: ScheduledEvent) => nowMs > latestAtMs
    for (const event of events) if (isLate(event)) endings.expired(event)
    const inTime = events.filter((event) => !isLate(event))
    for (const [target, due] of Map.groupBy(inTime, (event) => event.target)) {
      const queue = queueOf(target)
      queue.add(due)
      pump(queue)
    }
  }
  return { add }
}
