import type { Job, Publisher } from './publishers.ts'

/** One delivery: when the event's handler began, and when the topic had taken it, both as lateness in ms. */
export interface Emission {
  dueAtMs: number
  wokeLateMs: number
  takenLateMs: number
}

interface Waiting {
  job: Job
  wokeAtMs: number
  done: PromiseWithResolvers<void>
}

const MAX_BATCH = 10
const MAX_IN_FLIGHT = 16

/**
 * Publishes nearly as our emitter does, in batches with several under way, so that peers differ in when, not in how. Only
 * that a batch with room waits for others while four are under way is the emitter's alone.
 */
export function batchingSender(publisher: Publisher) {
  const queues = new Map<string, { waiting: Waiting[]; inFlight: number }>()
  const emissions: Emission[] = []

  const pump = (target: string) => {
    const queue = queues.get(target)
    while (queue && queue.inFlight < MAX_IN_FLIGHT && queue.waiting.length > 0) {
      queue.inFlight++
      void publish(target, queue.waiting.splice(0, MAX_BATCH)).finally(() => {
        queue.inFlight--
        pump(target)
      })
    }
  }
  const publish = async (target: string, batch: readonly Waiting[]) => {
    const jobs = batch.map(({ job }) => job)
    const failure = await publisher.publish(target, jobs).catch((error) => error as Error)
    const takenAtMs = Date.now()
    for (const { job, wokeAtMs, done } of batch) {
      if (failure instanceof Error) done.reject(failure)
      else done.resolve()
      const { dueAtMs } = job
      emissions.push({ dueAtMs, wokeLateMs: wokeAtMs - dueAtMs, takenLateMs: takenAtMs - dueAtMs })
    }
  }
  return {
    /** Resolves when the topic has the event. */
    deliver(job: Job): Promise<void> {
      const queue = queues.get(job.target) ?? { waiting: [], inFlight: 0 }
      queues.set(job.target, queue)
      const done = Promise.withResolvers<void>()
      queue.waiting.push({ job, wokeAtMs: Date.now(), done })
      // What wakes in the same turn goes in the same batch.
      if (queue.waiting.length === 1) queueMicrotask(() => setImmediate(pump, job.target))
      return done.promise
    },
    emissions: () => emissions,
    close: () => publisher.close(),
  }
}
