import { createClock } from '@sinonjs/fake-timers'
import type { Clock } from '../../core/clock.ts'

/** Longest delay of a Node timer, ms; it takes a longer one for 1 ms. Source: Node.js documentation, setTimeout. */
const LONGEST_DELAY_MS = 2 ** 31 - 1

export interface FakeClock extends Clock {
  /** Lets `ms` pass: timers fire in order, each followed by what hangs on it. */
  advance(ms: number): Promise<void>
  /** Lets time pass up to the instant `atMs`. */
  advanceTo(atMs: number): Promise<void>
  /** Lets time pass, timer by timer, until `work` is settled. @throws if it is not within `withinMs` */
  run<T>(work: Promise<T>, withinMs?: number): Promise<T>
  /** Sets the wall clock forward or back, as a time server does. No timer fires sooner or later for it. */
  shift(ms: number): void
  /** Timers that are pending. */
  timers(): number
}

/**
 * A clock of the test's own, so that sockets keep real time. Sleeps last at least 1 ms, as Node's do.
 * @param earlyMs sleeps end this much too soon, as Node's may by a millisecond
 */
export function fakeClock(startAtMs: number, { earlyMs = 0 }: { earlyMs?: number } = {}): FakeClock {
  const fake = createClock(startAtMs)
  return {
    now: () => fake.now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const delayMs = ms > LONGEST_DELAY_MS ? 1 : Math.max(1, Math.trunc(ms) - earlyMs)
        const wake = () => {
          signal?.removeEventListener('abort', wake)
          fake.clearTimeout(timer)
          resolve()
        }
        const timer = fake.setTimeout(wake, delayMs)
        signal?.addEventListener('abort', wake)
      }),
    async advance(ms) {
      await fake.tickAsync(ms)
    },
    async advanceTo(atMs) {
      if (atMs > fake.now) await fake.tickAsync(atMs - fake.now)
    },
    async run(work, withinMs = 3_600_000) {
      let settled = false
      work.then(
        () => (settled = true),
        () => (settled = true),
      )
      const endMs = fake.now + withinMs
      await fake.tickAsync(0)
      while (!settled) {
        if (fake.countTimers() === 0) throw new Error('Stuck: neither settled nor waiting for a timer')
        if (fake.now > endMs) throw new Error(`Not settled within ${withinMs} ms`)
        await fake.nextAsync()
      }
      return work
    },
    shift: (ms) => fake.setSystemTime(fake.now + ms),
    timers: () => fake.countTimers(),
  }
}
