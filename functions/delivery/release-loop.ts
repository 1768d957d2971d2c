import type { Clock } from '../../core/clock.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import { MAX_SLEEP_MS } from '../../core/timetable.ts'
import type { HeldEvents } from './held-events.ts'

export interface ReleaseLoopDeps {
  clock: Clock
  held: HeldEvents
  /** Is handed the events that are due, in order. */
  release(events: ScheduledEvent[]): void
}

export interface Clearance {
  /**
   * Whether events go out only as far as they are cleared, of which nothing is at the start. Without it, whatever is due
   * goes out.
   *
   * @default false
   */
  needsClearance?: boolean
}

/** Releases held events, each in its millisecond. Nothing is released before its due time on this clock. */
export function startReleaseLoop(
  { clock, held, release }: ReleaseLoopDeps,
  { needsClearance = false }: Clearance = {},
) {
  let clearedUntilMs = needsClearance ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  let ending = false
  const pause = pauseOn(clock)
  const looping = (async () => {
    while (!ending || held.size() > 0) {
      const nextMs = held.first()?.emitAtMs ?? Number.POSITIVE_INFINITY
      const aheadMs = nextMs <= clearedUntilMs ? nextMs - clock.now() : Number.POSITIVE_INFINITY
      if (aheadMs <= 0) release(held.takeUntil(Math.min(clock.now(), clearedUntilMs)))
      else await pause.forMs(Math.min(aheadMs, MAX_SLEEP_MS))
    }
  })()

  return {
    /** Has the loop look again at what is held. */
    wake: pause.end,
    /** From now on events due up to `untilMs` may go out, epoch ms, and no others. */
    clear(untilMs: number): void {
      clearedUntilMs = untilMs
      pause.end()
    },
    /** Events due up to here may go out, epoch ms. */
    clearedUntilMs: (): number => clearedUntilMs,
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
