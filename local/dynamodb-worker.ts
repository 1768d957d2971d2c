import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import dynalite from 'dynalite'

// dynalite throws when a client hangs up in the middle of a request (as a killed function does): that is no fault.
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ECONNRESET') console.error('dynalite:', error)
})

keepTablesInMind()
const server = dynalite({ path: workerData.folder, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
// The SDK keeps its connections: were the server to close idle ones, the next call might meet a closed one.
server.keepAliveTimeout = 600_000
server.listen(0, '127.0.0.1', () => parentPort?.postMessage({ port: (server.address() as AddressInfo).port }))

parentPort?.once('message', () => {
  server.close(() => process.exit())
  server.closeAllConnections()
})

type GetTable = (name: string, checkStatus: boolean | TableCallback, callback?: TableCallback) => void
type TableCallback = (error: Error | null, table: object) => void

/** dynalite reads a table's description from disk for every request: a fifth of all it does. Only calls that change tables do not ask for one that is ready. */
function keepTablesInMind(): void {
  const db = createRequire(import.meta.url)('dynalite/db') as { create(options: object): { getTable: GetTable } }
  const { create } = db
  db.create = (options) => {
    const store = create(options)
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
}
