import * as z from 'zod'
import { readInput } from '../input.ts'
import { lambda } from '../lambda.ts'
import { type World, worldOnAws } from '../world.ts'
import { planSlotWith } from './plan-slot.ts'

const inputSchema = z.object({ slot: z.string() })

const NEEDS = ['clock', 'log', 'table'] as const

/** Cuts a slot into segments. Invoked by its runner. */
export function plannerWith(world: Pick<World, (typeof NEEDS)[number]>) {
  const planSlot = planSlotWith(world)
  return async (input: unknown) => planSlot(readInput(inputSchema, input).slot)
}

export const handler = lambda(() => plannerWith(worldOnAws(...NEEDS)))
