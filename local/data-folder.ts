import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const MARKER = 'aws-scheduler-local.json'
const LOCK = 'lock.db'

/** Where a stack keeps its state. Undefined paths mean: in memory. */
export interface DataFolder {
  messages?: string
  events?: string
  executions?: string
  /** Lets another stack open the folder. */
  close(): void
}

/** The state of a stack that is gone when its process ends. */
export const inMemory = (): DataFolder => ({ close() {} })

/**
 * Opens `folder` for this stack alone, or makes it.
 * @param fresh empty it first; refused if the folder is not one of ours
 */
export function openDataFolder(folder: string, fresh = false): DataFolder {
  const path = resolve(folder)
  claim(path)
  const lock = lockIn(path)
  try {
    if (fresh) empty(path)
    writeFileSync(join(path, MARKER), JSON.stringify({ what: 'data of aws-scheduler, local stack', pid: process.pid }))
  } catch (error) {
    lock.close()
    throw error
  }
  return {
    messages: join(path, 'messages'),
    events: join(path, 'events'),
    executions: join(path, 'executions.db'),
    close: () => lock.close(),
  }
}

/** A folder is ours if it is new, empty, or carries our marker: nothing else may be written to, let alone emptied. */
function claim(path: string): void {
  mkdirSync(path, { recursive: true })
  if (existsSync(join(path, MARKER)) || readdirSync(path).length === 0) {
    if (!existsSync(join(path, MARKER))) writeFileSync(join(path, MARKER), '{}')
    return
  }
  throw new Error(`${path} is not a data folder of the local stack: it is neither empty nor has it a ${MARKER}`)
}

/** SQLite's exclusive lock instead of a pid file: the system lets go of it when the process dies, however it dies. */
function lockIn(path: string): DatabaseSync {
  const lock = new DatabaseSync(join(path, LOCK), { timeout: 0 })
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS lock (x); COMMIT')
    return lock
  } catch (cause) {
    lock.close()
    throw new Error(`${path} is in use by another local stack (${holderOf(path)}): stop it or choose another --data`, {
      cause,
    })
  }
}

function holderOf(path: string): string {
  try {
    return `pid ${JSON.parse(readFileSync(join(path, MARKER), 'utf8')).pid ?? 'unknown'}`
  } catch {
    return 'pid unknown'
  }
}

function empty(path: string): void {
  for (const name of readdirSync(path)) {
    if (name !== MARKER && !name.startsWith(LOCK)) rmSync(join(path, name), { recursive: true, force: true })
  }
}
