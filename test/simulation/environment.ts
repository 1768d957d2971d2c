import type { Clock } from '../../core/clock.ts'
import type { Faults } from './faults.ts'
import type { Region } from './region.ts'

/** How far the clock of an environment may be off, ms, to either side: two differ by up to two seconds. */
const MAX_SKEW_MS = 1_000

/** A Lambda environment: it has a clock of its own, and can die at any await. */
export interface Environment {
  clock: Clock
  alive: boolean
  /** Resolves when it dies. */
  died: Promise<void>
  die(): void
  /** Stands between the code and a service: latency, throttling, lost answers, crashes. */
  call<T>(name: string, effect: () => T | Promise<T>): Promise<T>
}

const NEVER = new Promise<never>(() => {})

/** Chance that an environment crashes at one of its calls. */
const CRASH = 1 / 20_000
const THROTTLE = 1 / 2_000
const LOST_ANSWER = 1 / 10_000
const SLOW_WRITE = 1 / 500
const SLOW_PARK = 1 / 100

export function createEnvironment(region: Region): Environment {
  const { time, faults } = region
  const skewMs = faults.enabled.has('skew') ? faults.between(-MAX_SKEW_MS, MAX_SKEW_MS) : 0
  let announce = () => {}
  const environment: Environment = {
    alive: true,
    died: new Promise((resolve) => {
      announce = resolve
    }),
    die() {
      environment.alive = false
      announce()
    },
    clock: {
      now: () => time.now() + skewMs,
      async sleep(ms, signal) {
        await time.sleep(ms, signal)
        while (region.pausedUntilMs() > time.now()) await time.sleep(region.pausedUntilMs() - time.now())
        if (!environment.alive) await NEVER
      },
    },
    async call(name, effect) {
      const live = async () => {
        if (faults.strikes('crash', CRASH)) environment.die()
        if (!environment.alive) await NEVER
      }
      await live()
      const slowMs = isSlow(faults, name) ? faults.between(1_000, 28_000) : 0
      // What is slow may take effect at once, like most of a batch, or at last.
      const early = faults.random() < 0.5
      await region.pass(faults.between(2, 15) + (early ? 0 : slowMs))
      if (!environment.alive) await NEVER
      if (faults.strikes('throttle', THROTTLE)) throw new Error(`${name}: ThrottlingException`)
      const result = await effect()
      if (early && slowMs > 0) await region.pass(slowMs)
      await live()
      if (faults.strikes('lostAnswer', LOST_ANSWER)) throw new Error(`${name}: the answer was lost`)
      return result
    },
  }
  return environment
}

/** The calls that DynamoDB may hold up by throttling a hot partition; besides `park`. */
const FACTS = new Set([
  'conclude',
  'concludeFirst',
  'concludeInstead',
  'claim',
  'checkpoint',
  'saveSegments',
  'saveRun',
  'unsettle',
  'settle',
  'saveWatermark',
])

function isSlow(faults: Faults, name: string): boolean {
  return name === 'park'
    ? faults.strikes('slowPark', SLOW_PARK)
    : FACTS.has(name) && faults.strikes('slowFacts', SLOW_WRITE)
}

type Method = (...args: never[]) => unknown

/** A port as an environment sees it: every call of an asynchronous method goes through `environment.call`. */
export function seenFrom<P extends object>(environment: Environment, port: P): P {
  const methods = Object.entries(port).map(([name, value]) => {
    if (typeof value !== 'function') return [name, value]
    const method = value as Method
    if (method.constructor.name === 'AsyncGeneratorFunction')
      return [name, (...args: never[]) => pages(environment, name, method(...args) as AsyncGenerator<unknown>)]
    return [name, (...args: never[]) => environment.call(name, () => method(...args))]
  })
  return Object.fromEntries(methods)
}

async function* pages<T>(environment: Environment, name: string, source: AsyncGenerator<T>): AsyncGenerator<T> {
  for (;;) {
    const { value, done } = await environment.call(name, () => source.next())
    if (done) return
    yield value
  }
}
