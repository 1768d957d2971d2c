import * as z from 'zod'
import { FIRST_KEY } from './event.ts'
import type { Lateness } from './lateness.ts'
import type { Segment } from './segment.ts'
import { emptySettlement, type Settlement, settlementSchema } from './settlement.ts'

const latenessSchema: z.ZodType<Lateness> = z.record(z.string(), z.number().int().nonnegative())

/** How far the account of a slot has come: what counts before a key, and that key. */
export const accountProgressSchema = z.object({
  /** Where the account goes on: every event with a lower key has been counted. */
  position: z.string(),
  settlement: settlementSchema,
  lateness: latenessSchema,
  /** Events about which this version can say nothing. */
  unreadable: z.number().default(0),
})
export type AccountProgress = z.infer<typeof accountProgressSchema>

/** An account of which nothing has been counted yet. */
export function emptyAccount(): AccountProgress {
  return { position: FIRST_KEY, settlement: emptySettlement(), lateness: {}, unreadable: 0 }
}

/** How far the settling of a slot has come that takes more than one invocation. */
export const settlingSchema = accountProgressSchema.extend({
  /** The version of the record with which it began. It holds as long as the record has that version. */
  version: z.number(),
  /** When to look again at events that were left open, epoch ms; 0 if none was. */
  againAtMs: z.number(),
})
export type Settling = z.infer<typeof settlingSchema>

/** A settling that begins. */
export function newSettling(version: number): Settling {
  return { ...emptyAccount(), version, againAtMs: 0 }
}

/** How far the delivery of a slot has come. */
export interface RunnerRecord {
  /** The slot's segments, fixed once it has been planned. */
  segments?: Segment[] | undefined
  /** The number of the slot's last runner; 1 while there was no other than the first. */
  runs: number
  /** Counts how often it was taken back that the slot is settled. */
  version: number
  /** How far its settling has come; absent where one invocation does it. */
  settling?: Settling | undefined
  /** When the slot was settled, epoch ms; absent while it is not. */
  settledAtMs?: number | undefined
  /** The account of the slot when it was last settled. */
  settlement?: Settlement | undefined
}

/** The record of a slot of which nothing has been written. */
export function emptyRunnerRecord(): RunnerRecord {
  return { runs: 1, version: 0 }
}
