import { OUTAGE_DAYS } from './timetable.ts'

/** The shortest retention that a stack may have, days: the last attempt to deliver an event has ended a day after it was due. */
export const LEAST_RETENTION_DAYS = 2

/** Everything that is known of an event is kept for at least this long after it was to be emitted, ms, whatever the settings. */
export const KNOWN_FOR_MS = (LEAST_RETENTION_DAYS + OUTAGE_DAYS) * 24 * 3_600_000

/**
 * Whether an event may have outlived what became of it: that was written under a shorter retention, or DynamoDB deletes of
 * what has expired the one before the other. If nothing is known of its end then, it has ended.
 */
export function mayBeForgotten(emitAtMs: number, nowMs: number): boolean {
  return emitAtMs < nowMs - KNOWN_FOR_MS
}
