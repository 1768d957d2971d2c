import type { DatabaseSync } from 'node:sqlite'

/**
 * Makes a database cheap to write, since it is written on the thread that serves all messages, and never waits for
 * the disk: a write survives the death of this process (the system has it), though not a power cut. The exclusive lock
 * saves system calls; nobody else has a business in these files.
 */
export function tune(db: DatabaseSync): void {
  // The lock mode must be set before the write-ahead log is opened, or it does not save much.
  db.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL')
  db.exec('PRAGMA synchronous = OFF')
}
