import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import dynalite from 'dynalite'
import { giveBackWhenIdle } from './idle-memory.ts'

// dynalite throws when a client hangs up in the middle of a request (as a killed function does): that is no fault.
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ECONNRESET') console.error('dynalite:', error)
})

giveBackWhenIdle()
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
type Iterator = { close(): Promise<void> }
type Read = (options: object) => Iterator
type Database = { open(): Promise<void>; keys: Read; values: Read }
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
    closeWhatIsRead(store.db)
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

/**
 * dynalite ends a read by calling `return` on its iterator. LevelDB's have none, only `close`: they would stay open for
 * ever, and keep in memory what they might still have read.
 */
function closeWhatIsRead(database: Database): void {
  for (const name of ['keys', 'values'] as const) {
    const read = database[name].bind(database)
    database[name] = (options) => {
      const iterator = read(options)
      return Object.assign(iterator, { return: () => iterator.close() })
    }
  }
}
