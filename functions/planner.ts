import * as z from 'zod'
import { base } from './deps.ts'
import { planSlotWith } from './flow/plan-slot.ts'
import { lambda } from './gateway/lambda.ts'

const inputSchema = z.object({ slot: z.string() })

/** Cuts a slot into segments. Invoked by its runner. */
export const handler = lambda(() => {
  const plan = planSlotWith(base())
  return (input: unknown) => plan(inputSchema.parse(input).slot)
})
