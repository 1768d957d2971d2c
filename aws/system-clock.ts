import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../core/clock.ts'

/** The machine's clock. The only code that reads it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    // A timer rejects only when it is aborted, which ends the sleep.
    await wait(Math.max(0, ms), undefined, signal && { signal }).catch(() => {})
  },
}
