import type { Settings } from '../settings.ts'

/** What a stack is asked to carry, and how it is set up. */
export interface Workload {
  eventsPerMonth: number
  /** Of each event, bytes of UTF-8. */
  payloadBytes: number
  /**
   * Part of the events that is due at once, 0 to 1. The others, whether they are near or far, cost the same.
   *
   * @default 0
   */
  express?: number
  /**
   * Part of the events whose id the client chose, 0 to 1.
   *
   * @default 0
   */
  ownIds?: number
  /**
   * Events that clients publish together, 1 to 10 (`PublishBatch`).
   *
   * @default 1
   */
  publishedTogether?: number
  /** Messages that a validator is handed at once. */
  inputBatch: number
  /** Events of one publish to a target, 1 to 10. */
  outputBatch: number
  settings: Pick<Settings, 'shards' | 'retentionDays' | 'emitterMemoryMb' | 'pointInTimeRecovery' | 'tracing'>
}

/** A month of 30 days, s. */
export const MONTH_SECONDS = 30 * 24 * 3_600

/**
 * Invocations of the validator that begin side by side. Source: Lambda developer guide, SQS event source mappings, scaling.
 */
const POLLERS = 5

/** How many messages a batch holds when they are gathered for a while; what comes in meanwhile is divided by the pollers. */
export function gatheredBatch(
  eventsPerMonth: number,
  { inputBatchSize, inputWindowSeconds }: Pick<Settings, 'inputBatchSize' | 'inputWindowSeconds'>,
): number {
  const perPoller = ((eventsPerMonth / MONTH_SECONDS) * inputWindowSeconds) / POLLERS
  return Math.min(inputBatchSize, Math.max(1, perPoller))
}
