import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import dynalite from 'dynalite'

// dynalite throws when a client hangs up in the middle of a request (as a killed function does): that is no fault.
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ECONNRESET') console.error('dynalite:', error)
})

const databases = keepTablesInMind()
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

type GetTable = (name: string, checkStatus: boolean | TableCallback, callback?: TableCallback) => void
type Database = { open(): Promise<void> }
type Store = { getTable: GetTable; db: Database }
type TableCallback = (error: Error | null, table: object) => void

/** dynalite reads a table's description from disk for every request: a fifth of all it does. Only calls that change tables do not ask for one that is ready. @returns the databases that dynalite makes from now on */
function keepTablesInMind(): Database[] {
  const db = createRequire(import.meta.url)('dynalite/db') as { create(options: object): Store }
  const { create } = db
  const made: Database[] = []
  db.create = (options) => {
    const store = create(options)
    made.push(store.db)
    const { getTable } = store
    const known = new Map<string, object>()
    store.getTable = (name, checkStatus, callback) => {
      if (typeof checkStatus !== 'function') {
        known.clear()
        return getTable(name, checkStatus, callback)
      }
      const table = known.get(name)
      if (table) return checkStatus(null, table)
      getTable(name, (error, found) => {
        if (!error) known.set(name, found)
        checkStatus(error, found)
      })
    }
    return store
  }
  return made
}
