import type { Region } from './region.ts'
import { startSpells } from './spells.ts'

/** The stack's `shards` is changed every so often, ms, on average. */
const CHANGE_EVERY_MS = 20 * 60_000

/** New instances of a function get the old setting for minutes, or for hours where a deployment stops half-way. */
const OLD_FOR = { leastMs: 60_000, mostMs: 10 * 60_000, hoursMs: 2 * 3_600_000 }
const STOPS_HALF_WAY = 1 / 4

/** Settings that the stack is given, besides the one it begins with. */
const SETTINGS = [1, 2, 3, 4] as const

/** Functions are deployed every so often, ms, on average; then none is deployed for a while. */
const DEPLOYED = { everyMs: 30 * 60_000, leastMs: 1_000, mostMs: 10_000 }

/** What `shards` new instances of each function are given: its setting changes with each deployment, for one function sooner than for another. */
export function startShardsChanges({ time, faults, untilMs }: Region, functions: readonly string[], shards: number) {
  const settings = new Map(functions.map((name) => [name, shards]))
  const changed = (atMs: number) => {
    if (atMs > untilMs) return
    time.at(atMs, () => {
      // It holds up nothing: minutes that have begun to fill keep their division.
      faults.struck('shardsChange', [])
      const setting = SETTINGS[Math.floor(faults.random() * SETTINGS.length)] as number
      const halfWay = faults.random() < STOPS_HALF_WAY
      for (const name of functions) {
        const stays = halfWay && faults.random() < 0.5
        const afterMs = faults.between(0, stays ? OLD_FOR.hoursMs : OLD_FOR.mostMs)
        time.at(atMs + afterMs, () => settings.set(name, setting))
      }
      changed(next())
    })
  }
  const next = () => Math.ceil(time.now() - Math.log(1 - faults.random()) * CHANGE_EVERY_MS)
  if (faults.enabled.has('shardsChange')) changed(time.now() + faults.between(1, OLD_FOR.mostMs))
  return (name: string): number => settings.get(name) ?? shards
}

/** Versions of the functions: a warm instance of an earlier one is not used any more. */
export function startDeployments(region: Region): () => number {
  let version = 0
  startSpells(region, 'deployment', DEPLOYED, () => {
    // It holds up nothing but for the starts of new instances: what an instance is at, it ends.
    region.faults.struck('deployment', [])
    version++
  })
  return () => version
}
