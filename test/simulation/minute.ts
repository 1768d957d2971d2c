import type { Lambda } from './lambda.ts'
import type { Region } from './region.ts'
import { LOADER } from './strikes.ts'

const MINUTE_MS = 60_000

/** Chance of a tick that the schedule, or its target, is gone for hours. */
const OUTAGE = 1 / 600

/** EventBridge Scheduler: each minute, somewhere in it; at times doubled, or missing for hours. */
export function startMinute({ time, faults, outage, pass }: Region, lambda: Lambda, untilMs: number): void {
  let backAtMs = 0
  const beginOutage = (minuteMs: number, lengthMs: number) => {
    backAtMs = minuteMs + lengthMs
    faults.struck('lateTick', LOADER, lengthMs)
  }
  const tick = (minuteMs: number) => {
    if (minuteMs > untilMs) return
    time.at(minuteMs + MINUTE_MS, () => tick(minuteMs + MINUTE_MS))
    // One outage is over before the next begins: else their lengths add up to more than is excused.
    if (faults.strikes('lateTick', OUTAGE) && minuteMs >= backAtMs)
      beginOutage(minuteMs, faults.between(10 * MINUTE_MS, 180 * MINUTE_MS))
    if (minuteMs < backAtMs || outage?.holds('schedule') || outage?.holds('region')) return
    const times = faults.strikes('lateTick', 0.01) ? 2 : 1
    for (let i = 0; i < times; i++) {
      const lateMs = faults.enabled.has('lateTick') ? faults.between(0, 59_000) : faults.between(100, 1_000)
      void pass(lateMs).then(() => lambda.invoke('loader', {}).catch(() => {}))
    }
  }
  tick(time.now())
}
