/** Deliveries of ten seconds. */
export interface Piece {
  startMs: number
  /** ms → count */
  lateness: Record<string, number>
}

/** Lateness in numbers: how many deliveries, and ms at the median, the 99th percentile and the maximum. */
export interface Quantiles {
  count: number
  p50: number
  p99: number
  max: number
  /** How many of them were less late than the first edge, than the second … and the rest. */
  counts: number[]
}

/** Sums up what the pieces tell. @param edges ms, ascending */
export function quantilesOf(pieces: readonly Piece[], edges: readonly number[]): Quantiles {
  const sum = new Map<number, number>()
  for (const { lateness } of pieces)
    for (const [ms, count] of Object.entries(lateness)) sum.set(Number(ms), (sum.get(Number(ms)) ?? 0) + count)
  const sorted = [...sum].sort(([a], [b]) => a - b)
  const count = sorted.reduce((all, [, n]) => all + n, 0)
  const at = (share: number) => {
    let seen = 0
    for (const [ms, n] of sorted) {
      seen += n
      if (seen >= share * count) return ms
    }
    return 0
  }
  const counts = edges.map((edge, i) =>
    sorted.reduce((all, [ms, n]) => (ms < edge && ms >= (edges[i - 1] ?? 0) ? all + n : all), 0),
  )
  return { count, p50: at(0.5), p99: at(0.99), max: at(1), counts }
}
