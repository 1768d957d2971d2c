import * as z from 'zod'

/** The account of a slot: `events = delivered + failed + cancelled + expired + retrying + moved`. */
export const settlementSchema = z.object({
  events: z.number(),
  delivered: z.number(),
  failed: z.number(),
  cancelled: z.number(),
  expired: z.number(),
  /** Their next attempt is parked for a later time, and counts where that is. */
  retrying: z.number(),
  /** Past due on arrival, and parked in a later slot. */
  moved: z.number(),
  /** Of the delivered, those that only the settler delivered. */
  deliveredBySettler: z.number(),
  /** ms. */
  latenessMs: z.object({ p50: z.number(), p99: z.number(), max: z.number() }).optional(),
})
export type Settlement = z.infer<typeof settlementSchema>

/** The account of a slot nothing has been counted in yet. */
export function emptySettlement(): Settlement {
  return { events: 0, delivered: 0, failed: 0, cancelled: 0, expired: 0, retrying: 0, moved: 0, deliveredBySettler: 0 }
}
