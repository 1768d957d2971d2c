import { styleText } from 'node:util'
import type { Lane } from '../../core/lane.ts'
import { counted } from './counted.ts'
import type { Happening } from './happening.ts'
import { printable, printableJson } from './printable.ts'

type Details = Record<string, unknown>
type Style = Parameters<typeof styleText>[0]
/** How a person is told of a happening, after its time and its name. */
type Tell = [style: Style, tell: (details: Details) => string]

const NAME_WIDTH = 10

/** Who delivers an event, by its lane. */
const WHO_DELIVERS: Record<Lane, string> = {
  far: 'parked until its minute comes up',
  near: 'the runner of its minute delivers it',
  soon: 'the runner at work on its minute delivers it',
  express: 'so soon that express delivers it',
}

const TOLD: Record<string, Tell> = {
  accepted: ['cyan', ({ id, due, lane, target }) => `${id}  due ${due}  → ${topicName(target)}  ${laneOf(lane)}`],
  rejected: ['red', ({ id, messageId, code, error }) => `${id ?? messageId}  ${code}: ${error}`],
  delivered: [
    'green',
    ({ id, lateMs, target, attempt, payload }) =>
      `${id}  ${payload ?? ''}  → ${topicName(target)}  acknowledged by SNS ${lateMs} ms after due${again(attempt)}`,
  ],
  failed: [
    'red',
    ({ id, due, code, error, attempts }) =>
      `${id}  due ${due}  ${code}: ${error} (${counted(Number(attempts), 'attempt')})`,
  ],
  retrying: ['yellow', ({ id, due, attempt, next }) => `${id}  due ${due}  attempt ${attempt} follows at ${next}`],
  cancelled: ['yellow', ({ id, due }) => `${id}  due ${due}`],
  expired: ['yellow', ({ id, due, latest }) => `${id}  due ${due}  its latest time, ${latest}, has passed`],
  settled: ['dim', ({ slot, ...counts }) => `slot ${slot}  every event accounted for: ${pairs(counts)}`],
  warn: ['yellow', trouble],
  error: ['red', trouble],
}

/** The line that tells a person of `happening`. Nothing that came from outside is obeyed by the terminal. */
export function lineOf({ what, ...details }: Happening, now = new Date()): string {
  const [style, tell] = TOLD[what] ?? ['reset', pairs]
  // Empty parts leave gaps.
  const text = printable(tell(details)).replaceAll(/ {3,}/g, '  ').trim()
  return `${now.toISOString().slice(11)}  ${styleText(style, what.padEnd(NAME_WIDTH))}  ${text}`
}

function trouble({ function: name, message, ...details }: Details): string {
  return `${name}: ${message}  ${pairs(details)}`
}

const topicName = (arn: unknown) => String(arn).split(':').at(-1)
const laneOf = (lane: unknown) => WHO_DELIVERS[lane as Lane] ?? String(lane)
const again = (attempt: unknown) => (Number(attempt) > 1 ? `, at attempt ${attempt}` : '')

const pairs = (details: Details) =>
  Object.entries(details)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : printableJson(value)}`)
    .join(' ')
