import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import dynalite from 'dynalite'
import { amendDatabases } from './dynalite-databases.ts'
import { amendExpressions } from './dynalite-expressions.ts'
import { giveBackWhenIdle } from './idle-memory.ts'

// dynalite throws when a client hangs up in the middle of a request (as a killed function does): that is no fault.
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ECONNRESET') console.error('dynalite:', error)
})

giveBackWhenIdle()
amendExpressions()
const databases = amendDatabases()
const server = dynalite({ path: workerData.folder, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
// The SDK keeps its connections: were the server to close idle ones, the next call might meet a closed one.
server.keepAliveTimeout = 600_000
server.listen(0, '127.0.0.1', async () => {
  try {
    // dynalite would serve without its tables, and answer each request with an error that the SDK tries again.
    for (const database of databases) await database.open()
    parentPort?.postMessage({ port: (server.address() as AddressInfo).port })
  } catch (error) {
    const { message, cause } = error as Error
    parentPort?.postMessage({ fault: (cause as Error | undefined)?.message ?? message })
  }
})

parentPort?.once('message', () => {
  server.close(() => process.exit())
  server.closeAllConnections()
})
