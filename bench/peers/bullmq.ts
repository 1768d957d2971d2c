import { Queue, Worker } from 'bullmq'
import type { Job } from '../systems/publishers.ts'
import { payloadOf } from '../workload.ts'
import { jobOf, type Peer } from './peer.ts'

const QUEUE = 'bench'

/**
 * Jobs a worker has in hand at once. Source: docs.bullmq.io, Workers, Concurrency: 100 to 300 for I/O-bound work;
 * 100 was the best of 50, 100 and 300 here.
 */
const CONCURRENCY = 100

const connectionTo = (url: string) => {
  const { hostname, port } = new URL(url)
  // Source: docs.bullmq.io, Going to production: workers must retry for ever.
  return { host: hostname, port: Number(port), maxRetriesPerRequest: null }
}

/** BullMQ on Redis: delayed jobs, which its worker awaits with a blocking call that ends when the next one is due. */
export const bullmq: Peer = {
  server: 'redis',
  async openIntake(url) {
    const queue = new Queue<ReturnType<typeof jobOf>>(QUEUE, {
      connection: connectionTo(url),
      // Source: docs.bullmq.io, Auto-removal of jobs: or Redis keeps all of them.
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    })
    await queue.waitUntilReady()
    return {
      async schedule(events) {
        const now = Date.now()
        await queue.addBulk(
          events.map((event) => ({
            name: 'event',
            data: jobOf(event, payloadOf(event)),
            opts: { jobId: event.id, timestamp: now, delay: Math.max(0, event.dueAtMs - now) },
          })),
        )
      },
      close: () => queue.close(),
    }
  },
  async startWorker(url, deliver) {
    const worker = new Worker<Job>(QUEUE, ({ data }) => deliver(data), {
      connection: connectionTo(url),
      concurrency: CONCURRENCY,
    })
    worker.on('error', (error) => console.error('bullmq:', error))
    await worker.waitUntilReady()
    return { close: () => worker.close() }
  },
}
