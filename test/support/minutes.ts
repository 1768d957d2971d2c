import { type Slot, slotAt } from '../../core/slot.ts'
import { anEvent, MINUTE_MS } from './builders.ts'
import { parkAll } from './parking.ts'
import { functionsOf, type World } from './world.ts'

/** The start of the minute that is `n` minutes after `MINUTE_MS`, epoch ms. */
export function minute(n: number): number {
  return MINUTE_MS + n * 60_000
}

/** The slot of that minute on the first shard. */
export function slotOfMinute(n: number): Slot {
  return slotAt(minute(n), 0)
}

/** Parks an event in the middle of each of the minutes. */
export async function parkAt(world: World, ...minutes: number[]): Promise<void> {
  await parkAll(
    world,
    minutes.map((n) => anEvent({ dueAtMs: minute(n) + 30_000, shards: world.shards })),
  )
}

/** Has a fresh instance of the loader do its work; the work of a minute, where nothing is said. */
export function load(world: World, input: unknown = {}): Promise<void> {
  return world.clock.run(functionsOf(world).loader(input))
}
