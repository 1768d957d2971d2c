import * as z from 'zod'
import type { RejectionCode } from './errors.ts'

/** Why a request about an event is not carried out, as its client is told. */
export const refusalSchema = z.object({
  /** That of a newer version is told as it is. */
  code: z.custom<RejectionCode>((code) => typeof code === 'string'),
  error: z.string(),
})
export type Refusal = z.infer<typeof refusalSchema>

/** A request that was refused. */
export const refusedSchema = z.object({
  /** The SNS MessageId of its publish. */
  messageId: z.string(),
  refusals: z.array(refusalSchema),
})
export type Refused = z.infer<typeof refusedSchema>
