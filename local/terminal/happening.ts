import type { LogLevel } from '../lambda/messages.ts'

/** Something that a person or a program which watches the stack is told of. */
export interface Happening {
  what: string
  [detail: string]: unknown
}

/** What becomes of an event or a slot, by the message of the record that a function logs. */
export const EVENT_HAPPENINGS = [
  'accepted',
  'rejected',
  'delivered',
  'failed',
  'retrying',
  'cancelled',
  'expired',
  'settled',
]

/** What a record that a function logs tells: of an event, or a warning or an error; the rest is for CloudWatch. */
export function happeningOf(
  level: LogLevel,
  record: Record<string, unknown>,
  functionName: string,
): Happening | undefined {
  const { message, level: _level, timestamp: _timestamp, ...details } = record
  if (EVENT_HAPPENINGS.includes(String(message))) return { what: String(message), ...details }
  if (level !== 'warn' && level !== 'error') return undefined
  return { what: level, function: functionName, message, ...details }
}
