import { eventsInMemory } from '../memory/events-table.ts'
import { requestsThrough } from './breaking.ts'
import type { World } from './world.ts'

/** The same world, in which every request to the table takes `ms`; `requests` counts them by name, such as `Query event`. */
export function slowed(world: World, ms: number): World & { requests: Map<string, number> } {
  const { clock, random } = world
  const requests = new Map<string, number>()
  const dynamodb = requestsThrough(world.dynamodb, async (name, call) => {
    requests.set(name, (requests.get(name) ?? 0) + 1)
    await clock.sleep(ms)
    return call()
  })
  return { ...world, dynamodb, table: eventsInMemory({ clock, random, dynamodb }), requests }
}
