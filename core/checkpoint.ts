import type { Lateness } from './lateness.ts'

/** Who writes checkpoints: the emitter of a segment (its index), the express lane, or the settler. */
export type CheckpointWriter = number | 'express' | 'settle'

/** What was published since the last checkpoint of the same writer. */
export interface Checkpoint {
  /** Keys of the events published, in no particular order. */
  delivered: string[]
  /** Every event of the segment below this key that its emitter has seen is done; where a new emitter goes on. */
  upTo: string
  /** How late they were. */
  lateness: Lateness
  /**
   * Of one that this version cannot read, when it was written, epoch ms: whatever was emitted until then may have been
   * published, and stand in it.
   */
  doubtUntilMs?: number | undefined
}

/** Most keys of one checkpoint: at most 82 bytes each, well below DynamoDB's 400 KB an item. */
export const MAX_CHECKPOINT_KEYS = 2_000
