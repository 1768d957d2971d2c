import type { Faults } from './luck.ts'
import { type Outage, planOutage } from './outage.ts'
import { EVERYWHERE } from './strikes.ts'
import type { VirtualTime } from './virtual-time.ts'

/** Every so often, ms, on average, a Region stands still. */
const PAUSE_EVERY_MS = 6 * 3_600_000

/** What all services of a region share: time, faults, and its pauses. */
export interface Region {
  time: VirtualTime
  faults: Faults
  /** When clients and new faults end, epoch ms. */
  untilMs: number
  /** The outage of days there is at the end, if there is one. */
  outage: Outage | undefined
  /** Until when the region stands still, epoch ms. */
  pausedUntilMs(): number
  /** Resolves after `ms`, and not during a pause. */
  pass(ms: number): Promise<void>
}

export function startRegion(time: VirtualTime, faults: Faults, untilMs: number): Region {
  let pausedUntilMs = 0
  const planPause = () => {
    const startMs = time.now() - Math.log(1 - faults.random()) * PAUSE_EVERY_MS
    if (startMs > untilMs) return
    time.at(startMs, () => {
      const lengthMs = faults.between(60_000, 300_000)
      pausedUntilMs = Math.max(pausedUntilMs, time.now() + lengthMs)
      faults.struck('regionPause', EVERYWHERE, lengthMs)
      planPause()
    })
  }
  if (faults.enabled.has('regionPause')) planPause()
  const outage = planOutage(time, faults, untilMs)
  if (outage?.kind === 'region')
    time.at(outage.fromMs, () => {
      pausedUntilMs = outage.untilMs
    })
  // Clocks differ as long as the run lasts.
  if (faults.enabled.has('skew')) faults.struck('skew', EVERYWHERE, Number.POSITIVE_INFINITY)
  const pass = async (ms: number) => {
    await time.sleep(ms)
    while (pausedUntilMs > time.now()) await time.sleep(pausedUntilMs - time.now())
  }
  return { time, faults, untilMs, outage, pausedUntilMs: () => pausedUntilMs, pass }
}
