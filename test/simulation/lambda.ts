import { startDeployments } from './deployments.ts'
import { COMES_BACK_MS, type FaultName } from './faults.ts'
import { createInstance, type Instance } from './instance.ts'
import type { Region } from './region.ts'
import { startSpells } from './spells.ts'
import type { Way } from './strikes.ts'
import { wayOf } from './way.ts'

/** What a function does in an instance, made once per instance. */
export type Create = (instance: Instance) => (input: never) => Promise<unknown>

export interface FunctionSpec {
  create: Create
  /** As the stack declares it, ms. */
  timeoutMs: number
}

interface Warm {
  instance: Instance
  /** The deployment that it came with. */
  version: number
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

/** Lambda: one invocation at a time in each instance, instances reused, crashed ones replaced. */
export function startLambda(region: Region, functions: Record<string, FunctionSpec>) {
  const idle = new Map<string, Warm[]>(Object.keys(functions).map((name) => [name, []]))
  const { time, faults, outage } = region
  const crowd = startSpells(region, 'concurrency', CROWDED)
  const version = startDeployments(region)
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
  const start = async (name: string, way: Way): Promise<Warm> => {
    const warm = idle.get(name)?.pop()
    if (warm && warm.version === version()) return warm
    // Those of a version before are below it.
    idle.set(name, [])
    const instance = createInstance(region)
    const slow = faults.strikes('coldStart', 0.2)
    const startMs = slow ? faults.between(500, 3_000) : faults.between(100, 400)
    if (slow) faults.struck('coldStart', way, startMs)
    await region.pass(startMs)
    const spec = functions[name] as FunctionSpec
    return { instance, version: version(), run: spec.create(instance) }
  }
  /** Rejects when the caller loses sight of an invocation, which goes on none the less, and may stand still for a while. */
  const lostSight = (name: string, timeoutMs: number, { instance, work }: Invocation) =>
    new Promise<never>((_, reject) => {
      let hasEnded = false
      const end = () => {
        hasEnded = true
      }
      work.then(end, end)
      if (!faults.strikes('zombie', timeoutMs / ZOMBIE_EVERY_MS)) return
      const atMs = time.now() + (faults.random() < 0.5 ? faults.between(1, 200) : faults.between(200, 70_000))
      const frozenMs = faults.random() < 0.5 ? 0 : faults.between(1_000, 240_000)
      const endsAtMs = time.now() + timeoutMs
      time.at(atMs, () => {
        if (hasEnded) return
        faults.struck('zombie', instance.way, endsAtMs - atMs)
        if (frozenMs > 0) instance.freeze(atMs + frozenMs)
        reject(named('Lambda.SdkClientException', `${name}: the connection was lost`))
      })
    })
  /** Runs to its end, its crash, or its timeout, whoever still waits for it. */
  const runIn = async (name: string, warm: Warm, timeoutMs: number, input: unknown) => {
    const { instance, run } = warm
    const cancel = time.at(time.now() + timeoutMs, () => {
      // What was so slow that it failed comes back.
      if (name === 'validator' && faults.enabled.has('slowPark')) faults.struck('slowPark', instance.way, COMES_BACK_MS)
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
      if (instance.alive && warm.version === version()) idle.get(name)?.push(warm)
    }
  }
  return {
    /** Invokes a function. @throws what it threw, or that it crashed, timed out, or was lost sight of */
    async invoke(name: string, input: unknown): Promise<unknown> {
      const way = wayOf(input)
      admit(name, way)
      running++
      const warm = await start(name, way)
      warm.instance.way = way
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
