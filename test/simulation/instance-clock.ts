import type { Region } from './region.ts'

/** How far the clock of an instance may be off, ms, to either side: two differ by up to two seconds. */
const MAX_SKEW_MS = 1_000

/** What the clock of a new instance shows beyond the true time, ms, whenever it is asked. */
export function clockErrorOf({ faults }: Region): () => number {
  const skewMs = faults.enabled.has('skew') ? faults.between(-MAX_SKEW_MS, MAX_SKEW_MS) : 0
  return () => skewMs
}
