import { createRequire } from 'node:module'

type GetTable = (name: string, checkStatus: boolean | TableCallback, callback?: TableCallback) => void
type Iterator = { close(): Promise<void> }
type Read = (options: object) => Iterator
export type Database = { open(): Promise<void>; keys: Read; values: Read }
export type Store = { getTable: GetTable; db: Database }
type TableCallback = (error: Error | null, table: object) => void

/** Amends what dynalite keeps its tables in. @returns the databases that dynalite makes from now on */
export function amendDatabases(): Database[] {
  const db = createRequire(import.meta.url)('dynalite/db') as { create(options: object): Store }
  const { create } = db
  const made: Database[] = []
  db.create = (options) => {
    const store = create(options)
    made.push(store.db)
    closeWhatIsRead(store.db)
    keepTablesInMind(store)
    return store
  }
  return made
}

/** dynalite reads a table's description from disk for every request: a fifth of all it does. Only calls that change tables do not ask for one that is ready. */
function keepTablesInMind(store: Store): void {
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
}

/**
 * dynalite ends a read by calling `return` on its iterator. LevelDB's have none, only `close`: they would stay open for
 * ever, and keep in memory what they might still have read.
 */
export function closeWhatIsRead(database: Database): void {
  for (const name of ['keys', 'values'] as const) {
    const read = database[name].bind(database)
    database[name] = (options) => {
      const iterator = read(options)
      return Object.assign(iterator, { return: () => iterator.close() })
    }
  }
}
