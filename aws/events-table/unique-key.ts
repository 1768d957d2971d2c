import type { Random } from '../../core/clock.ts'
import { keyAt } from '../../core/event.ts'

/** A key that sorts by time and that nobody else writes: two writers in one millisecond do not meet in one item. */
export function uniqueKeyAt(atMs: number, random: Random): string {
  return keyAt(atMs) + random().toString(36).slice(2, 12)
}
