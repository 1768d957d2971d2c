/**
 * A histogram of lateness: ms → count. Exact below 100 ms, two significant digits above, so it stays small enough for a
 * state machine's output however many events it counts.
 */
export type Lateness = Record<string, number>

/** Counts one delivery, `lateMs` after due. */
export function addLateness(histogram: Lateness, lateMs: number): void {
  const bucket = String(bucketOf(lateMs))
  histogram[bucket] = (histogram[bucket] ?? 0) + 1
}

/** Adds the counts of one histogram to another. */
export function addAllLateness(total: Lateness, more: Lateness): void {
  for (const [bucket, count] of Object.entries(more)) total[bucket] = (total[bucket] ?? 0) + count
}

/** What people read: ms at the median, the 99th percentile and the maximum. Absent where nothing was delivered. */
export interface LatenessSummary {
  p50: number
  p99: number
  max: number
}

export function summarize(histogram: Lateness): LatenessSummary | undefined {
  const buckets = Object.entries(histogram)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .sort(([a], [b]) => a - b)
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  if (total === 0) return undefined
  return { p50: quantile(buckets, total * 0.5), p99: quantile(buckets, total * 0.99), max: quantile(buckets, total) }
}

function quantile(buckets: readonly (readonly [number, number])[], rank: number): number {
  let seen = 0
  for (const [bucket, count] of buckets) {
    seen += count
    if (seen >= rank) return bucket
  }
  return 0
}

function bucketOf(lateMs: number): number {
  if (lateMs < 100) return Math.floor(lateMs)
  const unit = 10 ** (Math.floor(Math.log10(lateMs)) - 1)
  return Math.floor(lateMs / unit) * unit
}
