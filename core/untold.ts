import * as z from 'zod'
import { FAILURE_CODES } from './errors.ts'

/**
 * How an event has failed of which nobody could be told yet. It goes on from slot to slot like one that is tried again,
 * but is not published any more: only the telling is tried.
 */
export const untoldSchema = z.object({
  kind: z.enum(['failed', 'expired']),
  code: z.enum(FAILURE_CODES),
  /** The sentence of the notice. */
  error: z.string(),
  /** The sentence of the outcome. */
  reason: z.string(),
  /** When it failed, epoch ms. */
  sinceMs: z.number(),
})
export type Untold = z.infer<typeof untoldSchema>
