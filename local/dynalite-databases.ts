import { createRequire } from 'node:module'

type GetTable = (name: string, checkStatus: boolean | TableCallback, callback?: TableCallback) => void
type Iterator = { close(): Promise<void> }
type Read = (options: object) => Iterator
export type Database = { open(): Promise<void>; keys: Read; values: Read } & Point
type Done<Value = void> = (error: Error | null, value?: Value) => void
type Operation = { type: 'put'; key: string; value: unknown }
/** What dynalite calls for single items. */
interface Point {
  /** Only where the database can read at once: one on disk can, one in memory need not. */
  getSync(key: string): unknown
  get(key: string, done: Done<unknown>): void
  put(key: string, value: unknown, done: Done): void
  batch(operations: readonly Operation[], done: Done): void
  supports: { getSync: boolean }
}
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
    readAtOnce(store.db)
    writeTogether(store.db)
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
export function closeWhatIsRead(database: Pick<Database, 'keys' | 'values'>): void {
  for (const name of ['keys', 'values'] as const) {
    const read = database[name].bind(database)
    database[name] = (options) => {
      const iterator = read(options)
      return Object.assign(iterator, { return: () => iterator.close() })
    }
  }
}

/**
 * dynalite has each item read by another thread, and looks at the answer a turn of its loop later: where items are in
 * memory, as what was just written is, waking that thread costs many times what reading does.
 */
export function readAtOnce(database: Database): void {
  if (!database.supports.getSync) return
  database.get = (key, done) => {
    let found: unknown
    try {
      found = database.getSync(key)
    } catch (error) {
      return queueMicrotask(() => done(error as Error))
    }
    queueMicrotask(() => done(null, found))
  }
}

/** Has what is put in one turn of the loop written by one call, for the same reason: a batch of items comes as single ones. */
export function writeTogether(database: Database): void {
  let waiting: { operation: Operation; done: Done }[] = []
  const write = () => {
    const written = waiting
    waiting = []
    database.batch(
      written.map(({ operation }) => operation),
      (error) => {
        for (const { done } of written) done(error)
      },
    )
  }
  database.put = (key, value, done) => {
    if (waiting.length === 0) setImmediate(write)
    waiting.push({ operation: { type: 'put', key, value }, done })
  }
}
