import type { Clock } from '../../core/clock.ts'
import { PUBLISH_TIMEOUT_MS, START_TIMEOUT_MS, TABLE_TIMEOUT_MS } from '../../core/timetable.ts'
import type { FaultName } from './faults.ts'
import { clockErrorOf } from './instance-clock.ts'
import type { Faults } from './luck.ts'
import type { Region } from './region.ts'
import type { Way } from './strikes.ts'

/** An instance of a function: it has a clock of its own, and can die at any await. */
export interface Instance {
  clock: Clock
  alive: boolean
  /** What it works on: that of its invocation. */
  way: Way
  /** Resolves when it dies. */
  died: Promise<void>
  die(): void
  /** Stands still until an instant, epoch ms, with its timers and the answers it waits for, and then goes on. */
  freeze(untilMs: number): void
  /**
   * Stands between the code and a service: latency, throttling, silence, lost answers, crashes.
   * @param way what the call works on; by default what the instance works on
   */
  call<T>(name: string, effect: () => T | Promise<T>, way?: Way): Promise<T>
}

/** What a service throws that knows of a fault, and not of who is struck by it: whoever called. */
export class StruckError extends Error {
  readonly fault: FaultName
  readonly lengthMs: number

  constructor(fault: FaultName, message: string, lengthMs = 0) {
    super(message)
    this.fault = fault
    this.lengthMs = lengthMs
  }
}

const NEVER = new Promise<never>(() => {})

/** Chance that an instance crashes at one of its calls. */
const CRASH = 1 / 20_000
const THROTTLE = 1 / 2_000
const LOST_ANSWER = 1 / 10_000
const SLOW_WRITE = 1 / 500
const SLOW_PARK = 1 / 100

/** Chance that nothing answers a call, and that nothing answers the same call when the SDK makes it again. */
const SILENCE = 1 / 5_000
const SILENT_AGAIN = 1 / 3

export function createInstance(region: Region): Instance {
  const { time, faults } = region
  const errorMs = clockErrorOf(region, () => instance.way)
  let frozenUntilMs = 0
  let announce = () => {}
  /** Resolves when the instance runs, and never if it does not any more. */
  const awake = async () => {
    while (frozenUntilMs > time.now()) await time.sleep(frozenUntilMs - time.now())
    if (!instance.alive) await NEVER
  }
  const live = async () => {
    if (faults.strikes('crash', CRASH) && instance.alive) {
      faults.struck('crash', instance.way)
      instance.die()
    }
    await awake()
  }
  /** One request, as a socket sees it. */
  const request = async <T>({ name, effect, way }: Call<T>) => {
    const fail = (fault: FaultName, why: string): never => {
      faults.struck(fault, way)
      throw new Error(`${name}: ${why}`)
    }
    await live()
    const slow = slowed(faults, name)
    const slowMs = slow ? faults.between(1_000, 28_000) : 0
    if (slow) faults.struck(slow, way, slowMs)
    // What is slow may take effect at once, like most of a batch, or at last.
    const early = faults.random() < 0.5
    await region.pass(faults.between(2, 15) + (early ? 0 : slowMs))
    if (!instance.alive) await NEVER
    if (faults.strikes('throttle', THROTTLE)) fail('throttle', 'ThrottlingException')
    const result = await noted(faults, way, effect)
    if (early && slowMs > 0) await region.pass(slowMs)
    await live()
    const lost = name === 'publish' ? 'lostPublish' : 'lostAnswer'
    if (faults.strikes(lost, LOST_ANSWER)) fail(lost, 'the answer was lost')
    return result
  }
  /** A request that nothing answers, whether or not it has taken effect, until the client gives it up. */
  const unanswered = async <T>(call: Call<T>, timeoutMs: number) => {
    const reached = faults.random() < 0.5
    const done = reached ? request(call).catch(() => {}) : undefined
    await Promise.all([done, region.pass(timeoutMs)])
    await awake()
  }
  const instance: Instance = {
    alive: true,
    way: [],
    died: new Promise((resolve) => {
      announce = resolve
    }),
    die() {
      instance.alive = false
      announce()
    },
    freeze(untilMs) {
      frozenUntilMs = Math.max(frozenUntilMs, untilMs)
    },
    clock: {
      now: () => time.now() + errorMs(),
      async sleep(ms, signal) {
        await time.sleep(ms, signal)
        while (region.pausedUntilMs() > time.now()) await time.sleep(region.pausedUntilMs() - time.now())
        await awake()
      },
    },
    async call(name, effect, way = instance.way) {
      const call = { name, effect, way }
      const { timeoutMs, attempts } = clientOf(name)
      const fault = name === 'publish' ? 'silentPublish' : 'silence'
      let silent = faults.strikes(fault, SILENCE)
      for (let attempt = 1; silent; attempt++) {
        faults.struck(fault, way, timeoutMs)
        await unanswered(call, timeoutMs)
        if (attempt === attempts) throw new Error(`${name}: TimeoutError`)
        silent = faults.strikes(fault, SILENT_AGAIN)
      }
      return request(call)
    },
  }
  return instance
}

interface Call<T> {
  name: string
  effect: () => T | Promise<T>
  way: Way
}

/** How long a call waits for an answer, and how often the SDK makes it, as the clients of `aws/` are set up. */
function clientOf(name: string): { timeoutMs: number; attempts: number } {
  if (/^(publish|notify)$/.test(name)) return { timeoutMs: PUBLISH_TIMEOUT_MS, attempts: 1 }
  if (/^(start|deliver)$/.test(name)) return { timeoutMs: START_TIMEOUT_MS, attempts: 6 }
  return { timeoutMs: TABLE_TIMEOUT_MS, attempts: 8 }
}

/** The requests that DynamoDB may hold up by throttling a hot partition: events, in batches and one by one, and facts. */
function slowed(faults: Faults, name: string): FaultName | undefined {
  if (/^(BatchWrite |Put event$)/.test(name)) return faults.strikes('slowPark', SLOW_PARK) ? 'slowPark' : undefined
  return /^(Put|Update) /.test(name) && faults.strikes('slowFacts', SLOW_WRITE) ? 'slowFacts' : undefined
}

/** What a service does for a caller; where a fault of the service strikes, it strikes on the caller's way. */
async function noted<T>(faults: Faults, way: Way, effect: () => T | Promise<T>): Promise<T> {
  try {
    return await effect()
  } catch (error) {
    if (error instanceof StruckError) faults.struck(error.fault, way, error.lengthMs)
    throw error
  }
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
