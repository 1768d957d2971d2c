import { lambda } from '../lambda.ts'
import { type World, worldOnAws } from '../world.ts'
import { loadWith } from './load.ts'

const NEEDS = ['clock', 'log', 'metrics', 'table', 'runners'] as const

/** Opens the slots that come up, and again those that were not settled. Invoked each minute, and when a runner ends badly. */
export function loaderWith(world: Pick<World, (typeof NEEDS)[number]>) {
  return loadWith(world)
}

export const handler = lambda(() => loaderWith(worldOnAws(...NEEDS)))
