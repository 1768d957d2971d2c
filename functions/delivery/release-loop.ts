import type { Clock } from '../../core/clock.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import type { Clearance } from './clearance.ts'
import type { HeldEvents } from './held-events.ts'

/** Longest single sleep, ms: a clock that is set forward is noticed within it. */
export const MAX_SLEEP_MS = 60_000

export interface ReleaseLoopDeps {
  clock: Clock
  held: HeldEvents
  /** Without it nothing is released, however overdue. The loop is to be woken when it is given. */
  clearance: Pick<Clearance, 'isGiven'>
  /** Is handed the events that are due, in order. */
  release(events: ScheduledEvent[]): void
}

/** Releases held events, each in its millisecond. Nothing is released before its due time on this clock. */
export function startReleaseLoop({ clock, held, clearance, release }: ReleaseLoopDeps) {
  let ending = false
  const pause = pauseOn(clock)
  const looping = (async () => {
    while (!ending || held.size() > 0) {
      const nextMs = held.first()?.emitAtMs ?? Number.POSITIVE_INFINITY
      const aheadMs = clearance.isGiven() ? nextMs - clock.now() : Number.POSITIVE_INFINITY
      if (aheadMs <= 0) release(held.takeUntil(clock.now()))
      else await pause.forMs(Math.min(aheadMs, MAX_SLEEP_MS))
    }
  })()

  return {
    /** Has the loop look again at what is held, and at the clearance. */
    wake: pause.end,
    /** Resolves when nothing is held any more. */
    finish(): Promise<void> {
      ending = true
      pause.end()
      return looping
    },
  }
}

/** A pause that can be ended before its time. */
function pauseOn(clock: Clock) {
  let ended = new AbortController()
  return {
    forMs: (ms: number) => clock.sleep(ms, ended.signal),
    end(): void {
      // A reason of our own, because the default one is an error with a stack, and costly.
      ended.abort('something changed')
      ended = new AbortController()
    },
  }
}
