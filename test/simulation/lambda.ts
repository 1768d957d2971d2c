import { createInstance, type Instance } from './instance.ts'
import type { Region } from './region.ts'
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
  run: (input: never) => Promise<unknown>
}

/** A function is throttled this often, ms, on average, for seconds each time. */
const THROTTLED_EVERY_MS = 20 * 60_000

/** Lambda: one invocation at a time in each instance, instances reused, crashed ones replaced. */
export function startLambda(region: Region, functions: Record<string, FunctionSpec>) {
  const idle = new Map<string, Warm[]>(Object.keys(functions).map((name) => [name, []]))
  const { time, faults } = region

  const throttled = new Map<string, { askedAtMs: number; untilMs: number }>()

  /** As an account that runs too many functions at once answers, for as long as it does. */
  const admit = (name: string, way: Way) => {
    const nowMs = time.now()
    const { askedAtMs, untilMs } = throttled.get(name) ?? { askedAtMs: nowMs, untilMs: 0 }
    const begins = faults.strikes('lambdaThrottle', (nowMs - askedAtMs) / THROTTLED_EVERY_MS)
    const now = { askedAtMs: nowMs, untilMs: begins ? nowMs + faults.between(2_000, 25_000) : untilMs }
    throttled.set(name, now)
    if (now.untilMs <= nowMs) return
    faults.struck('lambdaThrottle', way, now.untilMs - nowMs)
    throw Object.assign(new Error(`${name}: Rate Exceeded`), { name: 'Lambda.TooManyRequestsException' })
  }
  const start = async (name: string, way: Way): Promise<Warm> => {
    const warm = idle.get(name)?.pop()
    if (warm) return warm
    const instance = createInstance(region)
    const slow = faults.strikes('coldStart', 0.2)
    const startMs = slow ? faults.between(500, 3_000) : faults.between(100, 400)
    if (slow) faults.struck('coldStart', way, startMs)
    await region.pass(startMs)
    const spec = functions[name] as FunctionSpec
    return { instance, run: spec.create(instance) }
  }
  return {
    /** Invokes a function. @throws what it threw, or that it crashed or timed out */
    async invoke(name: string, input: unknown): Promise<unknown> {
      const way = wayOf(input)
      admit(name, way)
      const warm = await start(name, way)
      const { instance, run } = warm
      instance.way = way
      const cancel = time.at(time.now() + (functions[name]?.timeoutMs ?? 0), () => instance.die())
      const crashed = instance.died.then(() => {
        throw new Error(`${name}: the instance crashed or the invocation timed out`)
      })
      try {
        return await Promise.race([run(JSON.parse(JSON.stringify(input)) as never), crashed])
      } finally {
        cancel()
        if (instance.alive) idle.get(name)?.push(warm)
      }
    },
  }
}

export type Lambda = ReturnType<typeof startLambda>
