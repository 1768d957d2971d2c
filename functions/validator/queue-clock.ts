import type { SQSRecord } from 'aws-lambda'
import type { Clock } from '../../core/clock.ts'
import {
  CLOCK_SKEW_MS,
  LONGEST_WINDOW_SECONDS,
  TIMEOUT_SECONDS,
  VISIBILITY_TIMEOUT_SECONDS,
} from '../../core/timetable.ts'

/**
 * A message that is handed out for the first time reaches a validator within this: by then it would be handed out again.
 * What a validator may take, and what two clocks differ, is added.
 */
const HANDED_OUT_MS =
  (LONGEST_WINDOW_SECONDS + VISIBILITY_TIMEOUT_SECONDS + TIMEOUT_SECONDS.validator) * 1_000 + CLOCK_SKEW_MS

type Attributes = Pick<
  SQSRecord['attributes'],
  'SentTimestamp' | 'ApproximateReceiveCount' | 'ApproximateFirstReceiveTimestamp'
>

/**
 * The clock of a validator, held against that of the queue: what is past and what is to come is decided by it, once and
 * for all. It is never behind the queue's. Whether it is ahead is known of messages that are handed out for the first time.
 */
export function queueClock(clock: Clock) {
  let leastMs = Number.NEGATIVE_INFINITY
  /** What it showed when it was found ahead: it is so until it shows less, or is found right. */
  let aheadFromMs = Number.POSITIVE_INFINITY
  return {
    now: () => Math.max(clock.now(), leastMs),
    sleep: clock.sleep,
    /** Takes the times of a batch. @returns whether the clock is so far ahead that the batch is better left to another */
    begin(batch: readonly Attributes[]): 'ahead' | 'right' {
      leastMs = Math.max(...batch.flatMap((one) => [Number(one.SentTimestamp) || 0, firstReceivedAtMs(one)]))
      const fresh = batch.filter(({ ApproximateReceiveCount }) => Number(ApproximateReceiveCount) === 1)
      const handedOutAtMs = Math.max(0, ...fresh.map(firstReceivedAtMs))
      const nowMs = clock.now()
      if (handedOutAtMs > 0) aheadFromMs = nowMs > handedOutAtMs + HANDED_OUT_MS ? nowMs : Number.POSITIVE_INFINITY
      return nowMs >= aheadFromMs ? 'ahead' : 'right'
    },
  }
}

function firstReceivedAtMs({ ApproximateFirstReceiveTimestamp }: Attributes): number {
  return Number(ApproximateFirstReceiveTimestamp) || 0
}
