import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { moduleBeside } from '../infra/installed.ts'

/** DynamoDB: dynalite in a thread of its own, because it is slow JavaScript and timers must not wait for it. */
export interface DynamoDb {
  endpoint: string
  stop(): Promise<void>
}

const STOP_WITHIN_MS = 1_000

/**
 * Rejects when the tables cannot be opened.
 * @param folder where tables are kept; in memory without it
 */
export async function startDynamoDb(folder?: string): Promise<DynamoDb> {
  const worker = new Worker(moduleBeside(import.meta.url, './dynamodb-worker'), { workerData: { folder } })
  const [{ port, fault }] = await once(worker, 'message')
  if (fault) {
    await worker.terminate()
    throw new Error(fault)
  }
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      const exited = once(worker, 'exit')
      worker.postMessage('stop')
      const late = setTimeout(() => worker.terminate(), STOP_WITHIN_MS)
      await exited
      clearTimeout(late)
    },
  }
}
