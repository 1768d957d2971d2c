import { styleText } from 'node:util'
import type { LogLevel } from '../lambda/messages.ts'

type LogRecord = Record<string, unknown>
type Style = Parameters<typeof styleText>[0]
/** How a person is told of a record, after its time and its name. */
type Tell = [style: Style, tell: (record: LogRecord) => string]

const NAME_WIDTH = 10

const TOLD: Record<string, Tell> = {
  accepted: ['cyan', ({ id, due, lane, target }) => `${id}  due ${due}  ${lane}  → ${topicName(target)}`],
  rejected: ['red', ({ id, code, error }) => `${id ?? ''}  ${code}: ${error}`],
  delivered: [
    'green',
    ({ id, lateMs, target, attempt }) => `${id}  +${lateMs} ms${again(attempt)}  → ${topicName(target)}`,
  ],
  failed: [
    'red',
    ({ id, due, code, error, attempts }) => `${id}  due ${due}  ${code}: ${error} (attempts: ${attempts})`,
  ],
  retrying: ['yellow', ({ id, due, attempt, next }) => `${id}  due ${due}  attempt ${attempt}, next at ${next}`],
  cancelled: ['yellow', ({ id, due }) => `${id}  due ${due}`],
  expired: ['yellow', ({ id, due }) => `${id}  due ${due}`],
  settled: ['dim', ({ slot, ...counts }) => `slot ${slot}  ${pairs(counts)}`],
}

/**
 * What to print of a record that a function logs: a line for each thing that happens to an event, and for warnings
 * and errors; nothing else.
 */
export function linesOf(level: LogLevel, record: LogRecord, functionName: string, now = new Date()): string[] {
  const { message, ...details } = record
  const told = TOLD[String(message)]
  if (told) return [line(now, String(message), told[0], told[1](details))]
  if (level !== 'warn' && level !== 'error') return []
  return [line(now, level, level === 'warn' ? 'yellow' : 'red', `${functionName}: ${message}  ${pairs(details)}`)]
}

const line = (now: Date, name: string, style: Style, text: string) =>
  `${now.toISOString().slice(11)}  ${styleText(style, name.padEnd(NAME_WIDTH))}  ${text.trim()}`

const topicName = (arn: unknown) => String(arn).split(':').at(-1)
const again = (attempt: unknown) => (Number(attempt) > 1 ? `  attempt ${attempt}` : '')

const pairs = (details: LogRecord) =>
  Object.entries(details)
    .filter(([key]) => key !== 'level' && key !== 'timestamp')
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
