import type { EventToSchedule } from './messages.ts'
import { type SendingParts, type Sent, sendAll } from './send-all.ts'

/** What became of one event of a batch: its receipt, or why it was refused. */
export type BatchResult = Sent<EventToSchedule>

/** How far a batch has come, events. */
export interface BatchProgress {
  scheduled: number
  refused: number
}

/** What became of a batch. */
export interface BatchReport extends BatchProgress {
  /** One result for each event, in the order given; none where `onResult` takes them. */
  results: BatchResult[]
}

export interface BatchOptions {
  /** Requests under way at once, from 1. Default: 8, some 80 events in each round trip. */
  concurrency?: number | undefined
  /** Is handed each result as soon as it is known, in any order. Until it resolves its request counts as under way. */
  onResult?: ((result: BatchResult) => unknown) | undefined
  /** Is told how far the batch has come, after each event. */
  onProgress?: ((progress: BatchProgress) => unknown) | undefined
  /** Ends the batch: no more events are read, and what was read is sent. */
  signal?: AbortSignal | undefined
}

/** Requests under way at once where nothing is said. */
export const CONCURRENCY = 8

/** Schedules any number of events. */
export async function scheduleBatch(
  events: Iterable<EventToSchedule> | AsyncIterable<EventToSchedule>,
  parts: SendingParts<EventToSchedule>,
  { concurrency = CONCURRENCY, onResult, onProgress, signal }: BatchOptions = {},
): Promise<BatchReport> {
  const results: BatchResult[] = []
  const progress = { scheduled: 0, refused: 0 }
  const onSent = async (sent: BatchResult) => {
    progress[sent.ok ? 'scheduled' : 'refused']++
    if (onResult) await onResult(sent)
    else results[sent.index] = sent
    await onProgress?.({ ...progress })
  }
  await sendAll(events, parts, { concurrency, onSent, signal })
  return { ...progress, results }
}
