import { durationMs, toInstantMs, type When } from './when.ts'

/** Where events are moved: to one date, or each by as much. `by` is as `{ in }` of a date, such as `1h` or `-90s`. */
export type Shift = { to: When } | { by: string }

/** The same for one run: `to` is one instant, however long the run takes, and whenever it goes on. */
export type FixedShift = { toMs: number } | { byMs: number }

/** @throws SchedulerError `DATE_INVALID` */
export function fixed(shift: Shift, nowMs: number): FixedShift {
  if (!('by' in shift)) return { toMs: toInstantMs('to', shift.to, nowMs) }
  const text = String(shift.by)
  const earlier = text.startsWith('-')
  return { byMs: (earlier ? -1 : 1) * durationMs(earlier ? text.slice(1) : text) }
}

/** Where an event goes. */
export function shifted(dueAtMs: number, shift: FixedShift): number {
  return 'toMs' in shift ? shift.toMs : dueAtMs + shift.byMs
}
