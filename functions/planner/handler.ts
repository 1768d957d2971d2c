import * as z from 'zod'
import { readInput } from '../input.ts'
import { lambda } from '../lambda.ts'
import { type World, worldOnAws } from '../world.ts'
import { planSlotWith } from './plan-slot.ts'

const inputSchema = z.object({ slot: z.string() })

/** Cuts a slot into segments. Invoked by its runner. */
export function plannerWith(world: Pick<World, 'table'>) {
  const planSlot = planSlotWith(world)
  return async (input: unknown) => planSlot(readInput(inputSchema, input).slot)
}

export const handler = lambda(() => plannerWith(worldOnAws('table')))
