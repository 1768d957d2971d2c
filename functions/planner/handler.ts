import * as z from 'zod'
import { lambda } from '../lambda.ts'
import { base } from '../world.ts'
import { planSlotWith } from './plan-slot.ts'

const inputSchema = z.object({ slot: z.string() })

/** Cuts a slot into segments. Invoked by its runner. */
export const handler = lambda(() => {
  const plan = planSlotWith(base())
  return (input: unknown) => plan(inputSchema.parse(input).slot)
})
