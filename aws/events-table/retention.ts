const DAY_MS = 24 * 3_600_000

/** TTL of a fact, epoch seconds: `retentionDays` after the event was due, or from now if that is later. */
export function expiresAt(dueAtMs: number, nowMs: number, retentionDays: number): number {
  return Math.ceil((Math.max(dueAtMs, nowMs) + retentionDays * DAY_MS) / 1_000)
}
