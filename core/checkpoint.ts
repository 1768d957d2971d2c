/** Who writes checkpoints: the emitter of a segment (its index), the express lane, or the settler. */
export type CheckpointWriter = number | 'express' | 'settle'

/** What was published since the last checkpoint of the same writer. */
export interface Checkpoint {
  /** Keys of the events published, in no particular order. */
  delivered: string[]
  /** Every event of the segment below this key that its emitter has seen is done; where a new emitter goes on. */
  upTo: string
  /** How late each of them was, ms, in the same order: counted from its due, or from its acceptance if that was later. */
  lateMs: number[]
  /**
   * Of one that this version cannot read, when it was written, epoch ms: whatever was emitted until then may have been
   * published, and stand in it.
   */
  doubtUntilMs?: number | undefined
}

/** Most keys of one checkpoint: at most 90 bytes each with its lateness, well below DynamoDB's 400 KB an item. */
export const MAX_CHECKPOINT_KEYS = 2_000
