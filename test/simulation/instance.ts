import type { Clock } from '../../core/clock.ts'
import type { Faults } from './faults.ts'
import type { Region } from './region.ts'

/** How far the clock of an instance may be off, ms, to either side: two differ by up to two seconds. */
const MAX_SKEW_MS = 1_000

/** An instance of a function: it has a clock of its own, and can die at any await. */
export interface Instance {
  clock: Clock
  alive: boolean
  /** Resolves when it dies. */
  died: Promise<void>
  die(): void
  /** Stands between the code and a service: latency, throttling, lost answers, crashes. */
  call<T>(name: string, effect: () => T | Promise<T>): Promise<T>
}

const NEVER = new Promise<never>(() => {})

/** Chance that an instance crashes at one of its calls. */
const CRASH = 1 / 20_000
const THROTTLE = 1 / 2_000
const LOST_ANSWER = 1 / 10_000
const SLOW_WRITE = 1 / 500
const SLOW_PARK = 1 / 100

export function createInstance(region: Region): Instance {
  const { time, faults } = region
  const skewMs = faults.enabled.has('skew') ? faults.between(-MAX_SKEW_MS, MAX_SKEW_MS) : 0
  let announce = () => {}
  const instance: Instance = {
    alive: true,
    died: new Promise((resolve) => {
      announce = resolve
    }),
    die() {
      instance.alive = false
      announce()
    },
    clock: {
      now: () => time.now() + skewMs,
      async sleep(ms, signal) {
        await time.sleep(ms, signal)
        while (region.pausedUntilMs() > time.now()) await time.sleep(region.pausedUntilMs() - time.now())
        if (!instance.alive) await NEVER
      },
    },
    async call(name, effect) {
      const live = async () => {
        if (faults.strikes('crash', CRASH)) instance.die()
        if (!instance.alive) await NEVER
      }
      await live()
      const slowMs = isSlow(faults, name) ? faults.between(1_000, 28_000) : 0
      // What is slow may take effect at once, like most of a batch, or at last.
      const early = faults.random() < 0.5
      await region.pass(faults.between(2, 15) + (early ? 0 : slowMs))
      if (!instance.alive) await NEVER
      if (faults.strikes('throttle', THROTTLE)) throw new Error(`${name}: ThrottlingException`)
      const result = await effect()
      if (early && slowMs > 0) await region.pass(slowMs)
      await live()
      if (faults.strikes('lostAnswer', LOST_ANSWER)) throw new Error(`${name}: the answer was lost`)
      return result
    },
  }
  return instance
}

/** The requests that DynamoDB may hold up by throttling a hot partition: events in batches, facts one by one. */
function isSlow(faults: Faults, name: string): boolean {
  if (name.startsWith('BatchWrite ')) return faults.strikes('slowPark', SLOW_PARK)
  return /^(Put|Update) /.test(name) && faults.strikes('slowFacts', SLOW_WRITE)
}

/** A port as an instance sees it: each of its calls goes through `instance.call`. */
export function seenFrom<P extends Record<keyof P, (...args: never[]) => Promise<unknown>>>(
  instance: Instance,
  port: P,
): P {
  const calls = Object.entries(port) as [string, P[keyof P]][]
  const seen = calls.map(([name, call]) => [name, (...args: never[]) => instance.call(name, () => call(...args))])
  return Object.fromEntries(seen)
}
