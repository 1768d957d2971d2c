import type { ScheduledEvent } from './event.ts'
import { FIRST_RETRY_MS, FIRST_TRY_AGAIN_MS, GIVE_UP_AFTER_MS, LONGEST_RETRY_MS } from './timetable.ts'

/** Delay before the next try in memory, ms: 100, 400, 1,600, each ± 25 %. */
export function inMemoryDelayMs(triesMade: number, random: number): number {
  return Math.round(FIRST_TRY_AGAIN_MS * 4 ** (triesMade - 1) * (0.75 + random / 2))
}

/** Delay before the next attempt in a later slot, ms: 30 s doubling to an hour, each ± 25 %. */
export function reparkDelayMs(attemptsMade: number, random: number): number {
  return Math.round(Math.min(FIRST_RETRY_MS * 2 ** (attemptsMade - 1), LONGEST_RETRY_MS) * (0.75 + random / 2))
}

/**
 * Delay before the next look at what has been in trouble since `sinceMs`, ms: as long again as the trouble has lasted,
 * within 30 s and `longestMs`, by default an hour, ± 25 %. So it grows without a count of the looks.
 */
export function againDelayMs(
  { sinceMs, nowMs, longestMs = LONGEST_RETRY_MS }: { sinceMs: number; nowMs: number; longestMs?: number },
  random: number,
): number {
  const lastedMs = Math.min(Math.max(nowMs - sinceMs, FIRST_RETRY_MS), longestMs)
  return Math.round(lastedMs * (0.75 + random / 2))
}

/** What becomes of an event whose publish failed for a while, if it were tried again at `retryAtMs`. */
export function afterFailure(
  event: ScheduledEvent,
  { retryAtMs, maxAttempts }: { retryAtMs: number; maxAttempts: number },
): 'retry' | 'give up' | 'expire' {
  if (event.latestAtMs !== undefined && retryAtMs > event.latestAtMs) return 'expire'
  if (event.attempt >= maxAttempts || retryAtMs - event.dueAtMs > GIVE_UP_AFTER_MS) return 'give up'
  return 'retry'
}
