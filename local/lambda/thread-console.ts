import { format } from 'node:util'
import type { LogLevel, LogRecord } from './messages.ts'

type Send = (level: LogLevel, record: Record<string, unknown>) => void

/** From the least to the greatest. */
const ORDER: LogLevel[] = ['debug', 'info', 'warn', 'error']
const LEVELS = { trace: 'debug', debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error' } as const

/**
 * Sends what a function logs to the host as records; metrics (EMF lines) are for CloudWatch, which is not here.
 * @param least what is below is dropped, as Lambda does with the application log level
 */
export function redirectConsole(least: LogLevel, sendAll: Send): void {
  const send: Send = (level, record) => {
    if (ORDER.indexOf(level) >= ORDER.indexOf(least)) sendAll(level, record)
  }
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method as keyof typeof LEVELS] = (...args: unknown[]) => logged(send, level, args)
  }
  // Powertools writes metrics past the console.
  redirectStream(process.stdout, (line) => logged(send, 'info', [line]))
  redirectStream(process.stderr, (line) => logged(send, 'error', [line]))
}

function logged(send: Send, level: LogLevel, args: unknown[]): void {
  const [first] = args
  if (args.length === 1 && typeof first === 'object' && first !== null && !(first instanceof Error)) {
    if (!('_aws' in first)) send(level, first as Record<string, unknown>)
  } else if (!(typeof first === 'string' && first.includes('"_aws"'))) {
    send(level, { message: format(...args).trimEnd() })
  }
}

function redirectStream(stream: NodeJS.WriteStream, write: (line: string) => void): void {
  stream.write = ((chunk: string | Uint8Array) => {
    write(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
    return true
  }) as typeof stream.write
}

/**
 * Gathers what is logged in one turn of the event loop: handed over one by one, records would cost more than the work
 * they tell of.
 * @param post takes JSON of a list of `LogRecord`
 */
export function logBuffer(post: (records: string) => void) {
  let records: string[] = []
  const flush = () => {
    if (records.length > 0) post(`[${records.join()}]`)
    records = []
  }
  return {
    add(...record: LogRecord): void {
      if (records.length === 0) setImmediate(flush)
      records.push(JSON.stringify(record, plain))
    },
    flush,
  }
}

/** Errors have no enumerable properties, and a bigint is no JSON: both may be logged nevertheless. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return { ...value, name: value.name, message: value.message, stack: value.stack }
  return typeof value === 'bigint' ? String(value) : value
}
