/** Milliseconds; NaN where there was nothing to measure. */
export interface Quantiles {
  p50: number
  p90: number
  p99: number
  p999: number
  max: number
}

/** Exact, by nearest rank: every value is kept, none is binned. @param sorted ascending */
export function quantilesOf(sorted: ArrayLike<number>): Quantiles {
  return {
    p50: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    p99: quantile(sorted, 0.99),
    p999: quantile(sorted, 0.999),
    max: quantile(sorted, 1),
  }
}

export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] as number
}

/** The middle one of a few numbers. */
export const medianOf = (values: readonly number[]) =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  )
