import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import type { Job } from '../systems/publishers.ts'
import { payloadOf } from '../workload.ts'
import { jobOf, type Peer } from './peer.ts'

const TASK = 'event'

/**
 * How often future jobs are looked for, ms: LISTEN/NOTIFY only tells of jobs that are due already. Far below the
 * default of 2,000; below 10 the queries crowd out the jobs on this machine.
 */
const POLL_INTERVAL_MS = 10

/** Source: worker.graphile.org, Performance: the settings of its own benchmark, batch sizes included. */
const WORKER = {
  concurrentJobs: 24,
  maxPoolSize: 25,
  pollInterval: POLL_INTERVAL_MS,
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
}

const quiet = new Logger(() => (level, message) => {
  if (level === 'error') console.error('graphile-worker:', message)
})

/** graphile-worker on PostgreSQL: `run_at`, found by polling. */
export const graphileWorker: Peer = {
  server: 'postgres',
  async openIntake(url) {
    const utils = await makeWorkerUtils({ connectionString: url, logger: quiet })
    await utils.migrate()
    return {
      async schedule(events) {
        await utils.addJobs(
          events.map((event) => ({
            identifier: TASK,
            payload: jobOf(event, payloadOf(event)),
            runAt: new Date(event.dueAtMs),
          })),
        )
      },
      close: () => utils.release(),
    }
  },
  async startWorker(url, deliver) {
    const runner = await run({
      preset: { worker: { connectionString: url, ...WORKER } },
      logger: quiet,
      noHandleSignals: true,
      taskList: { [TASK]: (payload) => deliver(payload as Job) },
    })
    return { close: () => runner.stop() }
  },
}
