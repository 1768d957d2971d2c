import { type Settings, startDeployments } from './deployments.ts'
import type { FaultName } from './faults.ts'
import { createInstance, type Instance } from './instance.ts'
import type { Region } from './region.ts'
import { startSpells } from './spells.ts'
import type { Way } from './strikes.ts'
import { wayOf } from './way.ts'

/** What a function does in an instance, made once per instance, with the settings of which that is told. */
export type Create = (instance: Instance, settings: Settings) => (input: never) => Promise<unknown>

export interface FunctionSpec {
  create: Create
  /** As the stack declares it, ms. */
  timeoutMs: number
}

interface Warm {
  instance: Instance
  settings: Settings
  run: (input: never) => Promise<unknown>
}

interface Invocation {
  instance: Instance
  work: Promise<unknown>
}

/** A function is throttled this often, ms, on average, for seconds each time. */
const THROTTLED_EVERY_MS = 20 * 60_000

/** Every so often, ms, others take nearly all of what an account may run at once: what is left for us, for how long. */
const CROWDED = { everyMs: 3_600_000, leastMs: 20_000, mostMs: 300_000 }
const LEFT_IN_A_CROWD = 2

/** One in so many ms of timeout is lost sight of: of emitters and settlers one invocation in a hundred. */
const ZOMBIE_EVERY_MS = 30_000_000

/** In these two ways: it runs on, or it stands still before that. */
const LOST_SIGHT = ['zombie', 'frozen'] as const

/** Lambda: one invocation at a time in each instance, instances reused, crashed ones replaced. */
export function startLambda(region: Region, functions: Record<string, FunctionSpec>) {
  const idle = new Map<string, Warm[]>(Object.keys(functions).map((name) => [name, []]))
  const { time, faults, outage } = region
  const deployments = startDeployments(region, Object.keys(functions))
  const crowd = startSpells(region, 'concurrency', CROWDED)
  let running = 0

  const throttled = new Map<string, { askedAtMs: number; untilMs: number }>()

  const refuse = (name: string, fault: FaultName, way: Way, untilMs: number) => {
    faults.struck(fault, way, untilMs - time.now())
    throw named('Lambda.TooManyRequestsException', `${name}: Rate Exceeded`)
  }
  /** As an account that runs too many functions at once answers, for as long as it does. */
  const admit = (name: string, way: Way) => {
    const nowMs = time.now()
    const { askedAtMs, untilMs } = throttled.get(name) ?? { askedAtMs: nowMs, untilMs: 0 }
    const begins = faults.strikes('lambdaThrottle', (nowMs - askedAtMs) / THROTTLED_EVERY_MS)
    const now = { askedAtMs: nowMs, untilMs: begins ? nowMs + faults.between(2_000, 25_000) : untilMs }
    throttled.set(name, now)
    if (outage?.holds('functions')) refuse(name, 'longOutage', way, outage.untilMs)
    if (now.untilMs > nowMs) refuse(name, 'lambdaThrottle', way, now.untilMs)
    if (crowd.on() && running >= LEFT_IN_A_CROWD) refuse(name, 'concurrency', way, crowd.untilMs())
  }
  /** An idle instance with these settings, if there is one; none is kept that has died, or whose settings are given up. */
  const takeWarm = (name: string, settings: Settings): Warm | undefined => {
    const kept = (idle.get(name) ?? []).filter(
      ({ instance, settings }) => instance.alive && deployments.areInUse(name, settings),
    )
    idle.set(name, kept)
    const i = kept.findLastIndex((one) => one.settings === settings)
    return i < 0 ? undefined : kept.splice(i, 1)[0]
  }
  /** An instance that works on a way from the instant at which it is taken: its crash strikes what it was handed. */
  const start = async (name: string, way: Way): Promise<Warm> => {
    const settings = deployments.next(name)
    const warm = takeWarm(name, settings)
    if (warm) {
      warm.instance.way = way
      return warm
    }
    const instance = createInstance(region)
    instance.way = way
    const slow = faults.strikes('coldStart', 0.2)
    const startMs = slow ? faults.between(500, 3_000) : faults.between(100, 400)
    if (slow) faults.struck('coldStart', way, startMs)
    await region.pass(startMs)
    const spec = functions[name] as FunctionSpec
    return { instance, settings, run: spec.create(instance, settings) }
  }
  /** Rejects when the caller loses sight of an invocation, which goes on none the less, and may stand still for a while. */
  const lostSight = (name: string, timeoutMs: number, { instance, work }: Invocation) =>
    new Promise<never>((_, reject) => {
      let hasEnded = false
      const end = () => {
        hasEnded = true
      }
      work.then(end, end)
      const fault = LOST_SIGHT.find((one) => faults.strikes(one, timeoutMs / ZOMBIE_EVERY_MS))
      if (!fault) return
      const atMs = time.now() + (faults.random() < 0.5 ? faults.between(1, 200) : faults.between(200, 70_000))
      const frozenMs = fault === 'frozen' ? faults.between(1_000, 240_000) : 0
      time.at(atMs, () => {
        if (hasEnded) return
        faults.struck(fault, instance.way)
        if (frozenMs > 0) instance.freeze(atMs + frozenMs)
        reject(named('Lambda.SdkClientException', `${name}: the connection was lost`))
      })
    })
  /** Runs to its end, its crash, or its timeout, whoever still waits for it. */
  const runIn = async (name: string, warm: Warm, timeoutMs: number, input: unknown) => {
    const { instance, run } = warm
    const startedAtMs = time.now()
    const cancel = time.at(startedAtMs + timeoutMs, () => {
      // What a pause has kept from ending in time comes back like what any other fault has struck.
      if (region.pausedUntilMs() > startedAtMs) faults.struck('regionPause', instance.way)
      instance.die()
    })
    const crashed = instance.died.then(() => {
      throw new Error(`${name}: the instance crashed or the invocation timed out`)
    })
    try {
      return await Promise.race([run(JSON.parse(JSON.stringify(input)) as never), crashed])
    } finally {
      cancel()
      running--
      if (instance.alive) idle.get(name)?.push(warm)
    }
  }
  return {
    /** Invokes a function. @throws what it threw, or that it crashed, timed out, or was lost sight of */
    async invoke(name: string, input: unknown): Promise<unknown> {
      const way = wayOf(input)
      admit(name, way)
      running++
      const warm = await start(name, way)
      const { timeoutMs } = functions[name] as FunctionSpec
      const work = runIn(name, warm, timeoutMs, input)
      return Promise.race([work, lostSight(name, timeoutMs, { instance: warm.instance, work })])
    },
  }
}

export type Lambda = ReturnType<typeof startLambda>

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}
