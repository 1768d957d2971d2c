import { OUTAGE_DAYS } from '../../core/timetable.ts'
import type { Table } from './table.ts'

const DAY_MS = 24 * 3_600_000

/**
 * TTL of a fact, epoch seconds: the retention after the event was due, or from now if that is later, and the days of an
 * outage. DynamoDB deletes whatever has expired, also what is not settled yet.
 */
export function expiresAt(dueAtMs: number, { clock, retentionDays }: Pick<Table, 'clock' | 'retentionDays'>): number {
  return Math.ceil((Math.max(dueAtMs, clock.now()) + (retentionDays + OUTAGE_DAYS) * DAY_MS) / 1_000)
}
