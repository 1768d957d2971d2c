import { DatabaseSync } from 'node:sqlite'
import { tune } from '../sqlite.ts'

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED'

export interface Execution {
  arn: string
  machineArn: string
  name: string
  express: boolean
  status: ExecutionStatus
  input: string
  startedAtMs: number
  stoppedAtMs: number | null
  output: string | null
  error: string | null
  cause: string | null
}

/** An execution and its place in the list: the later started, the greater. */
type Row = Omit<Execution, 'express'> & { express: number; position: number }

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS executions (
    position INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, machineArn TEXT NOT NULL, name TEXT NOT NULL,
    express INTEGER NOT NULL, status TEXT NOT NULL, input TEXT NOT NULL, startedAtMs INTEGER NOT NULL,
    stoppedAtMs INTEGER, output TEXT, error TEXT, cause TEXT, history TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS by_machine ON executions (machineArn, position);
  CREATE INDEX IF NOT EXISTS running ON executions (status) WHERE status = 'RUNNING';`

const COLUMNS =
  'position, arn, machineArn, name, express, status, input, startedAtMs, stoppedAtMs, output, error, cause'

/** Ended executions that are kept, of all machines together: a week of one slot a minute. AWS keeps 90 days. */
const KEEP = 10_000

/** The executions of the stack, in a file that survives `kill -9`. */
export function executionStore(file = ':memory:') {
  const db = new DatabaseSync(file)
  tune(db)
  db.exec(SCHEMA)
  const insert = db.prepare(`INSERT INTO executions (arn, machineArn, name, express, status, input, startedAtMs)
    VALUES (:arn, :machineArn, :name, :express, :status, :input, :startedAtMs)`)
  const find = db.prepare(`SELECT ${COLUMNS} FROM executions WHERE arn = ?`)
  const running = db.prepare(`SELECT ${COLUMNS} FROM executions WHERE status = 'RUNNING' ORDER BY position`)
  const list = db.prepare(`SELECT ${COLUMNS} FROM executions WHERE machineArn = :machineArn AND position < :before
    AND (:status IS NULL OR status = :status) ORDER BY position DESC LIMIT :limit`)
  const end = db.prepare(`UPDATE executions SET status = :status, stoppedAtMs = :stoppedAtMs, output = :output,
    error = :error, cause = :cause, history = :history WHERE arn = :arn`)
  const remove = db.prepare('DELETE FROM executions WHERE arn = ?')
  const history = db.prepare('SELECT history FROM executions WHERE arn = ?')
  const prune = db.prepare(`DELETE FROM executions WHERE status <> 'RUNNING'
    AND position <= (SELECT position FROM executions WHERE status <> 'RUNNING' ORDER BY position DESC LIMIT 1 OFFSET ?)`)

  return {
    add(execution: Execution): void {
      const { arn, machineArn, name, express, status, input, startedAtMs } = execution
      insert.run({ arn, machineArn, name, express: Number(express), status, input, startedAtMs })
    },
    find: (arn: string) => asExecution(find.get(arn) as Row | undefined),
    running: () => (running.all() as unknown as Row[]).map((row) => asExecution(row) as Execution),
    /** Newest first; `before` is the position at which the page before ended. */
    page(query: { machineArn: string; status: ExecutionStatus | null; before: number; limit: number }) {
      const rows = list.all(query) as unknown as Row[]
      const last = rows.length === query.limit ? rows.at(-1)?.position : undefined
      return { executions: rows.map((row) => asExecution(row) as Execution), last }
    },
    /** Express executions leave nothing behind: on AWS, too, only their logs would tell of them. */
    end(execution: Execution, events: unknown[]): void {
      const { arn, status, stoppedAtMs, output, error, cause, express } = execution
      if (express) return void remove.run(arn)
      end.run({ arn, status, stoppedAtMs, output, error, cause, history: JSON.stringify(events) })
      prune.run(KEEP)
    },
    history: (arn: string) => JSON.parse(String(history.get(arn)?.history ?? '[]')) as unknown[],
    close: () => db.close(),
  }
}
export type ExecutionStore = ReturnType<typeof executionStore>

function asExecution(row: Row | undefined): Execution | undefined {
  if (!row) return undefined
  const { position, express, ...rest } = row
  return { ...rest, express: express === 1 }
}
