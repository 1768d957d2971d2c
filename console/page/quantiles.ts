import { addAllLateness, type Lateness, type LatenessSummary, summarize } from '../../core/lateness.ts'

/** Deliveries of ten seconds. */
export interface Piece {
  startMs: number
  lateness: Lateness
}

/** Lateness in numbers: of how many deliveries, and in ms. */
export interface Quantiles extends LatenessSummary {
  count: number
  /** How many of them were less late than the first edge, than the second … and the rest. */
  counts: number[]
}

const NOTHING = { p50: 0, p99: 0, max: 0 }

/** Sums up what the pieces tell. @param edges ms, ascending */
export function quantilesOf(pieces: readonly Piece[], edges: readonly number[]): Quantiles {
  const sum: Lateness = {}
  for (const { lateness } of pieces) addAllLateness(sum, lateness)
  const buckets = Object.entries(sum).map(([ms, n]) => [Number(ms), n] as const)
  const counts = edges.map((edge, i) =>
    buckets.reduce((all, [ms, n]) => (ms < edge && ms >= (edges[i - 1] ?? 0) ? all + n : all), 0),
  )
  const count = buckets.reduce((all, [, n]) => all + n, 0)
  return { count, ...(summarize(sum) ?? NOTHING), counts }
}
