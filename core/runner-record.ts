import type { Segment } from './segment.ts'
import type { Settlement } from './settlement.ts'

/** How far the delivery of a slot has come. */
export interface RunnerRecord {
  /** The slot's segments, fixed once it has been planned. */
  segments?: Segment[] | undefined
  /** The number of the slot's last runner; 1 while there was no other than the first. */
  runs: number
  /** Counts how often it was taken back that the slot is settled. */
  version: number
  /** When the slot was settled, epoch ms; absent while it is not. */
  settledAtMs?: number | undefined
  /** The account of the slot when it was last settled. */
  settlement?: Settlement | undefined
}

/** The record of a slot of which nothing has been written. */
export function emptyRunnerRecord(): RunnerRecord {
  return { runs: 1, version: 0 }
}
