import type { World } from '../../functions/world.ts'
import { diceOf } from './dice.ts'
import type { Region } from './region.ts'
import { startSpells } from './spells.ts'

const MINUTE_MS = 60_000

/**
 * What the variables of a function say that a deployment may change while events are pending, without anybody noticing. Of
 * the others, those that name parts of the stack never change. What `allowedTargets` and `enforceUser` say is told to whoever
 * publishes next, and nobody else. `index` says what clients may ask for, and is that of a run. What `retentionDays` says
 * shows after days: `test/functions/retention.test.ts`. The state machines depend on no setting.
 */
export type Settings = Pick<World, 'shards' | 'maxAttempts'>

/** The settings of the simulated stack before its first deployment. */
export const FIRST_SETTINGS: Settings = { shards: 2, maxAttempts: 6 }

/** What deployments set. */
const SHARDS = [1, 2, 3, 4] as const
const MAX_ATTEMPTS = [4, 5, 6] as const

/** A deployment begins every so often, ms, on average, after the one before is over, and takes so long. */
const PATTERN = { everyMs: 8 * MINUTE_MS, leastMs: MINUTE_MS, mostMs: 6 * MINUTE_MS }

/** So many of them fail at some function, and leave it and those that come after it as they were, until the next. */
const STOPS_HALF_WAY = 0.4

/** A function that is updated: containers with both settings take its invocations meanwhile. */
interface Update {
  from: Settings
  to: Settings
  startMs: number
  endMs: number
}

/** Deployments of new settings, function by function. Without that fault there are none. */
export function startDeployments(region: Region, functions: readonly string[]) {
  const { time, faults } = region
  const updates = new Map<string, Update>()
  const { chance, oneOf } = diceOf(faults.random)
  const isOver = ({ endMs }: Update) => endMs <= time.now()
  const latest = (name: string) => updates.get(name)?.to ?? FIRST_SETTINGS

  startSpells(region, 'deployments', PATTERN, (endMs) => {
    // It holds up nothing, and excuses nothing.
    faults.struck('deployments', [])
    const to: Settings = { shards: oneOf(SHARDS), maxAttempts: oneOf(MAX_ATTEMPTS) }
    const stopsAtMs = chance(STOPS_HALF_WAY) ? faults.between(time.now(), endMs) : endMs
    for (const name of functions) {
      const startMs = faults.between(time.now(), endMs)
      const update = { from: latest(name), to, startMs, endMs: faults.between(startMs, endMs) }
      if (startMs < stopsAtMs) updates.set(name, update)
    }
  })
  return {
    /** The settings of the container that takes the next invocation of a function. */
    next(name: string): Settings {
      const update = updates.get(name)
      if (!update || isOver(update)) return latest(name)
      return update.startMs > time.now() || chance(0.5) ? update.from : update.to
    },
    /** Whether containers of a function with such settings may still take invocations. */
    areInUse(name: string, settings: Settings): boolean {
      const update = updates.get(name)
      return settings === latest(name) || (update !== undefined && !isOver(update) && settings === update.from)
    },
  }
}
