import { SchedulerError } from '../core/errors.ts'
import { parseInstant } from '../core/instant.ts'
import { whyNoInstant } from '../core/no-instant.ts'
import { show } from '../core/show.ts'

/**
 * An instant, in whichever form is at hand: a `Date`; epoch ms; from now, such as `{ in: '10m' }` or `{ in: '1d12h' }`,
 * in w, d, h, m, s and ms; or a text as the input message takes it, such as `2027-03-28T12:00:00.250Z`, or local time
 * with its zone, `2027-03-28T02:30[Europe/Berlin]`.
 */
export type When = Date | number | string | { in: string }

const UNIT_MS: Record<string, number> = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[wdhms]))+$/

/**
 * An instant as the text of an input message. What is no instant stays as it is: the schema says what is wrong with it.
 * @throws SchedulerError `DATE_INVALID` for a duration that is none
 */
export function toDate(when: unknown, nowMs: number): unknown {
  if (when instanceof Date) return isoOf(when.getTime())
  // Rounded up, as every date that is finer than a millisecond: an event is never early.
  if (typeof when === 'number') return isoOf(Math.ceil(when))
  if (typeof when !== 'object' || when === null || !('in' in when)) return when
  return isoOf(Math.ceil(nowMs + durationMs(when.in)))
}

/** An instant that is not part of a message, epoch ms. @throws SchedulerError `DATE_INVALID` */
export function toInstantMs(name: string, when: When, nowMs: number): number {
  const text = toDate(when, nowMs)
  const atMs = typeof text === 'string' ? parseInstant(text) : undefined
  if (atMs !== undefined) return atMs
  throw new SchedulerError(
    'DATE_INVALID',
    `${name} ${typeof text === 'string' ? whyNoInstant(text) : `is ${show(text)}: give a date`}.`,
  )
}

/** Milliseconds of a duration such as `10m`, `1d12h` or `1.5s`. @throws SchedulerError `DATE_INVALID` */
export function durationMs(text: unknown): number {
  const compact = typeof text === 'string' ? text.replaceAll(' ', '') : ''
  if (!DURATION.test(compact))
    throw new SchedulerError(
      'DATE_INVALID',
      `${show(text)} is not a duration: give one such as 10m, 1d12h or 250ms, in w, d, h, m, s and ms.`,
    )
  const parts = [...compact.matchAll(/(\d+(?:\.\d+)?)(ms|[wdhms])/g)]
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit as string] as number), 0)
}

function isoOf(atMs: number): string {
  const date = new Date(atMs)
  return Number.isNaN(date.getTime()) ? String(atMs) : date.toISOString()
}
