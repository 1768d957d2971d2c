import { SchedulerError } from '../core/errors.ts'
import { show } from '../core/show.ts'
import { STATUSES, type Status } from '../status/status.ts'
import type { EventFilter } from './event-list.ts'
import { toInstantMs } from './when.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** From when until when, epoch ms; `toMs` is exclusive. */
export interface Span {
  fromMs: number
  toMs: number
}

/** The span of a filter. @throws SchedulerError `DATE_INVALID`, or `FILTER_INVALID` where it ends before it begins */
export function spanOf({ from, to }: Pick<EventFilter, 'from' | 'to'>, nowMs: number): Span {
  const givenFrom = from === undefined ? undefined : toInstantMs('from', from, nowMs)
  const givenTo = to === undefined ? undefined : toInstantMs('to', to, nowMs)
  const fromMs = givenFrom ?? (givenTo === undefined ? nowMs - HOUR_MS : givenTo - DAY_MS)
  const toMs = givenTo ?? (givenFrom === undefined ? nowMs + DAY_MS : givenFrom + DAY_MS)
  if (fromMs <= toMs) return { fromMs, toMs }
  throw new SchedulerError(
    'FILTER_INVALID',
    `from ${isoOf(fromMs)} is after to ${isoOf(toMs)}: give them the other way round.`,
  )
}

/** The same of a filter that must name it. */
export function namedSpanOf({ from, to }: Pick<EventFilter, 'from' | 'to'>, nowMs: number): Span {
  if (from !== undefined && to !== undefined) return spanOf({ from, to }, nowMs)
  throw new SchedulerError(
    'FILTER_INVALID',
    `${from === undefined ? 'from' : 'to'} is missing: say of which events, by when they are due.`,
  )
}

/** The statuses of a filter; undefined means any. @throws SchedulerError `FILTER_INVALID` */
export function statusesOf({ status }: Pick<EventFilter, 'status'>): readonly Status[] | undefined {
  if (status === undefined) return undefined
  const statuses: readonly string[] = typeof status === 'string' ? [status] : status
  const unknown = statuses.find((one) => !(STATUSES as readonly string[]).includes(one))
  if (unknown === undefined) return statuses as readonly Status[]
  throw new SchedulerError('FILTER_INVALID', `status is ${show(unknown)}: give one of ${STATUSES.join(', ')}.`)
}

/** Those of the statuses that a filter asks for. @throws SchedulerError `FILTER_INVALID` */
export function statusesAmong(possible: readonly Status[], filter: Pick<EventFilter, 'status'>): Status[] {
  const asked = statusesOf(filter)
  return possible.filter((status) => asked?.includes(status) ?? true)
}

const isoOf = (atMs: number) => new Date(atMs).toISOString()
