import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CannotStart } from './cannot-start.ts'

const MARKER = 'aws-scheduler-local.json'
const LOCK = 'lock.db'
/** What a database that another process holds answers. Source: SQLite, result codes, SQLITE_BUSY. */
const SQLITE_BUSY = 5

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
 * Opens `folder` for this stack alone, or makes it. Throws CannotStart.
 * @param fresh empty it first; refused if the folder is not one of ours
 */
export function openDataFolder(folder: string, fresh = false): DataFolder {
  const path = resolve(folder)
  return explained(path, () => {
    claim(path)
    const lock = lockIn(path)
    try {
      if (fresh) empty(path)
      const parts = partsOf(path)
      writeFileSync(
        join(path, MARKER),
        JSON.stringify({ what: 'data of aws-scheduler, local stack', pid: process.pid }),
      )
      return { ...parts, close: () => lock.close() }
    } catch (error) {
      lock.close()
      throw error
    }
  })
}

/** Reasons in words, for what the file system answers. */
const REASONS: Record<string, string> = {
  EEXIST: 'it, or a folder that it is to lie in, is a file',
  ENOTDIR: 'it, or a folder that it is to lie in, is a file',
  EACCES: 'it may not be written to by this user',
  EPERM: 'it may not be written to by this user',
  EROFS: 'it lies on a file system that is read-only',
  ENOSPC: 'the disk is full',
  ENOENT: 'no folder can be made there',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'it is a link to itself',
}

function explained<Result>(path: string, open: () => Result): Result {
  try {
    return open()
  } catch (cause) {
    if (cause instanceof CannotStart) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    const reason = REASONS[code ?? ''] ?? message
    throw new CannotStart(`${path} cannot be used as data folder: ${reason}. Choose another with --data`, { cause })
  }
}

/** A folder is ours if it is new, empty, or carries our marker: nothing else may be written to, let alone emptied. */
function claim(path: string): void {
  make(path)
  accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  if (existsSync(join(path, MARKER)) || readdirSync(path).length === 0) {
    if (!existsSync(join(path, MARKER))) writeFileSync(join(path, MARKER), '{}')
    return
  }
  throw new CannotStart(`${path} is not a data folder of the local stack: it is neither empty nor has it a ${MARKER}`)
}

/** Step by step: Node's `recursive` never returns where the system denies that it can make a folder, as in /proc. */
function make(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  if (dirname(path) !== path) make(dirname(path))
  mkdirSync(path)
}

/** SQLite's exclusive lock instead of a pid file: the system lets go of it when the process dies, however it dies. */
function lockIn(path: string): DatabaseSync {
  const lock = new DatabaseSync(join(path, LOCK), { timeout: 0 })
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS lock (x); COMMIT')
    return lock
  } catch (cause) {
    lock.close()
    if ((cause as { errcode?: number }).errcode !== SQLITE_BUSY) throw cause
    throw new CannotStart(
      `${path} is in use by another local stack (${holderOf(path)}): stop it or choose another --data`,
      { cause },
    )
  }
}

function holderOf(path: string): string {
  try {
    return `pid ${JSON.parse(readFileSync(join(path, MARKER), 'utf8')).pid ?? 'unknown'}`
  } catch {
    return 'pid unknown'
  }
}

/** The parts' places in the folder, each what it must be and writable: some parts hang on what they cannot open. */
function partsOf(path: string) {
  const parts = {
    messages: join(path, 'messages'),
    events: join(path, 'events'),
    executions: join(path, 'executions.db'),
  }
  for (const part of Object.values(parts)) {
    const found = statSync(part, { throwIfNoEntry: false })
    if (!found) continue
    const wanted = part === parts.executions ? 'file' : 'folder'
    if (found.isDirectory() !== (wanted === 'folder')) {
      throw new CannotStart(`${part} is not a ${wanted}: remove it, or begin anew with --fresh`)
    }
    accessSync(part, constants.R_OK | constants.W_OK)
  }
  return parts
}

function empty(path: string): void {
  for (const name of readdirSync(path)) {
    if (name !== MARKER && !name.startsWith(LOCK)) rmSync(join(path, name), { recursive: true, force: true })
  }
}
