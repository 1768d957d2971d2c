import { PgBoss } from 'pg-boss'
import type { Job } from '../systems/publishers.ts'
import { payloadOf } from '../workload.ts'
import { jobOf, type Peer } from './peer.ts'

const QUEUE = 'event'

/**
 * Source: pgboss.io, Workers: half a second is the shortest interval it accepts, large batches and fetching on while
 * they come back full are for bursts. Future jobs are found by polling alone. Its workers poll out of step, so more of
 * them also look more often.
 */
const WORK = { pollingIntervalSeconds: 0.5, batchSize: 500, burstWhenBatchFull: true, localConcurrency: 4 }

async function open(url: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: url, schedule: false, supervise: false })
  boss.on('error', (error) => console.error('pg-boss:', error))
  await boss.start()
  await boss.createQueue(QUEUE).catch(() => {})
  return boss
}

/** pg-boss on PostgreSQL: `startAfter`, found by polling. */
export const pgBoss: Peer = {
  server: 'postgres',
  async openIntake(url) {
    const boss = await open(url)
    return {
      async schedule(events) {
        await boss.insert(
          QUEUE,
          events.map((event) => ({ data: jobOf(event, payloadOf(event)), startAfter: new Date(event.dueAtMs) })),
        )
      },
      close: () => boss.stop({ graceful: false }),
    }
  },
  async startWorker(url, deliver) {
    const boss = await open(url)
    await boss.work<Job>(QUEUE, WORK, async (jobs) => {
      await Promise.all(jobs.map(({ data }) => deliver(data)))
    })
    return { close: () => boss.stop({ graceful: false }) }
  },
}
