import { isCall, isPaged } from './ports.ts'
import type { World } from './world.ts'

/** What goes wrong at a call: it is not carried out, or it is and only the answer is lost. */
export const FAULTS = ['is refused', 'loses its answer'] as const
export type Fault = (typeof FAULTS)[number]

type Method = (...args: never[]) => unknown
const PORTS = ['table', 'runners', 'express'] as const

/** Stands before or behind each call of a port. `call` carries it out. */
type Around = (name: string, call: () => unknown) => unknown

/** The same world, whose table, runners and express lane fail once, at call `at` (from 1). */
export function failingAt(world: World, at: number, fault: Fault): World & { calls(): number } {
  let calls = 0
  const around: Around = (name, call) => {
    if (++calls !== at) return call()
    const error = new Error(`call ${at}, ${name}, ${fault}`)
    if (isPaged(name)) return failedPages(error)
    return fault === 'is refused' ? Promise.reject(error) : Promise.resolve(call()).then(() => Promise.reject(error))
  }
  return { ...throughPorts(world, around), calls: () => calls }
}

/**
 * The same world, for a process that is killed before call `at` (from 1): from then on nothing it does has an effect,
 * and none of its waits ends. Publishes count as calls.
 */
export function dyingAt(world: World, at: number): World & { calls(): number; died: Promise<void> } {
  let calls = 0
  let die = () => {}
  const died = new Promise<void>((resolve) => (die = resolve))
  const never = new Promise<never>(() => {})
  const around: Around = (name, call) => {
    if (++calls >= at) {
      die()
      return isPaged(name) ? pagesAfter(never) : never
    }
    return call()
  }
  const mortal = throughPorts(world, around)
  const topics = through(world.topics, around)
  const sleep: World['clock']['sleep'] = async (ms, signal) => {
    await world.clock.sleep(ms, signal)
    if (calls >= at) await never
  }
  return { ...mortal, topics, clock: { ...world.clock, sleep }, calls: () => calls, died }
}

/** The same world, each of whose calls of table, runners and express lane goes through `around`. */
export function throughPorts(world: World, around: Around): World {
  const wrapped = Object.fromEntries(PORTS.map((name) => [name, through(world[name] as object, around)]))
  return { ...world, ...wrapped }
}

function through<P extends object>(port: P, around: Around): P {
  const methods = Object.entries(port).map(([name, value]) => {
    if (!isCall(name)) return [name, value]
    return [name, (...args: never[]) => around(name, () => (value as Method)(...args))]
  })
  return Object.fromEntries(methods)
}

async function* failedPages(error: Error): AsyncGenerator<never> {
  yield* pagesAfter(Promise.reject(error))
}

// biome-ignore lint/correctness/useYield: it ends or fails before the first page
async function* pagesAfter(before: Promise<never>): AsyncGenerator<never> {
  await before
}
