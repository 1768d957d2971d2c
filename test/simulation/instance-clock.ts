import type { Region } from './region.ts'
import type { Way } from './strikes.ts'

const MINUTE_MS = 60_000

/** How far the clock of an instance may be off, ms, to either side: two differ by up to two seconds. */
const MAX_SKEW_MS = 1_000

/** How often the clock of an instance jumps on average, by how much, and for how long it stays wrong, ms. */
const JUMP_EVERY_MS = 150 * MINUTE_MS
const JUMP_BY = { least: 10 * MINUTE_MS, most: 180 * MINUTE_MS }
const JUMP_FOR = { least: MINUTE_MS, most: 5 * MINUTE_MS }

/**
 * What the clock of a new instance shows beyond the true time, ms, whenever it is asked.
 * @param way what the instance works on when it asks
 */
export function clockErrorOf(region: Region, way: () => Way): () => number {
  const { faults } = region
  const skewMs = faults.enabled.has('skew') ? faults.between(-MAX_SKEW_MS, MAX_SKEW_MS) : 0
  if (!faults.enabled.has('clockJump')) return () => skewMs
  const jumpMs = jumps(region, way)
  return () => skewMs + jumpMs()
}

/** Jumps ahead or back, each corrected. They strike all that the instance works on meanwhile. */
function jumps({ time, faults, untilMs: lastMs }: Region, way: () => Way): () => number {
  const next = () => {
    const fromMs = Math.ceil(time.now() - Math.log(1 - faults.random()) * JUMP_EVERY_MS)
    return {
      fromMs,
      untilMs: fromMs + faults.between(JUMP_FOR.least, JUMP_FOR.most),
      byMs: faults.between(JUMP_BY.least, JUMP_BY.most) * (faults.random() < 0.5 ? 1 : -1),
    }
  }
  let jump = next()
  let noted: Way | undefined
  return () => {
    if (time.now() >= jump.untilMs) jump = next()
    if (time.now() < jump.fromMs || jump.fromMs > lastMs) return 0
    if (noted !== way()) {
      noted = way()
      faults.struck('clockJump', noted, jump.untilMs - time.now())
    }
    return jump.byMs
  }
}
