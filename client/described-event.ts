import type { FailureCode } from '../core/errors.ts'
import type { Lane } from '../core/lane.ts'
import type { Slot } from '../core/slot.ts'
import type { Status } from '../status/status.ts'

/** One try to deliver an event that failed. */
export interface DescribedAttempt {
  /** Epoch ms. */
  atMs: number
  code: FailureCode | undefined
  /** A sentence for people. */
  reason: string | undefined
}

/** What is known of an event. */
export interface DescribedEvent {
  id: string
  status: Status
  /** Epoch ms. */
  dueAtMs: number
  /** `date` as received; undefined where the status is `unknown`, as all that follows may be. */
  date: string | undefined
  /** When it was taken in, epoch ms. */
  acceptedAtMs: number | undefined
  lane: Lane | undefined
  slot: Slot | undefined
  /** ARN of the topic that gets the payload. */
  target: string | undefined
  user: string | undefined
  payload: string | undefined
  /** Tries that failed, in their order. */
  attempts: DescribedAttempt[]
  /** Epoch ms. */
  deliveredAtMs: number | undefined
  latenessMs: number | undefined
  /** Where a reschedule went, epoch ms. */
  rescheduledToMs: number | undefined
}
