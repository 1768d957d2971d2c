/** What a function's thread is made of. */
export interface ThreadData {
  name: string
  arn: string
  /** CommonJS, as deployed. */
  code: string
  /** Where the code claims to lie, for stack traces and for `require`. */
  filename: string
  /** The export that is called. */
  exportName: string
}

export interface InvokeMessage {
  id: string
  payload: string
  deadlineAtMs: number
}

/** An error in the shape Lambda reports it. */
export interface LambdaError {
  errorType: string
  errorMessage: string
  trace?: string[]
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export type LogRecord = [level: LogLevel, record: Record<string, unknown>]

export type ThreadMessage =
  | { kind: 'loaded' }
  | { kind: 'done'; id: string; payload: string }
  | { kind: 'failed'; id: string; error: LambdaError }
  /** JSON of a list of `LogRecord`: what was logged in one turn of the event loop. */
  | { kind: 'logs'; records: string }
