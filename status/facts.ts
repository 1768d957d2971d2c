import type { FailureCode } from '../core/errors.ts'
import type { Lane } from '../core/lane.ts'
import type { LatenessSummary } from '../core/lateness.ts'
import type { Settlement } from '../core/settlement.ts'
import type { Slot } from '../core/slot.ts'
import type { Status } from './status.ts'

// What is told of events and slots. It stands apart from the code that finds it out, so that its types need no SDK.

/** A try that did not deliver an event, or how it was put off without one. */
export interface Attempt {
  /** Attempts made by then. */
  attempt: number
  /** When that was written, epoch ms. */
  atMs: number
  /** Why, as a code; absent where there was no room for a try. */
  code?: FailureCode | undefined
  /** Why, as a sentence. */
  error: string
}

/** What became of an event. */
export interface EventFacts {
  id: string
  /** The instant the client asked for, epoch ms. */
  dueAtMs: number
  status: Status
  /** `date` as received. */
  date?: string | undefined
  /** When it was taken in, epoch ms. */
  acceptedAtMs?: number | undefined
  lane?: Lane | undefined
  /** Where it stands now: in the slot of its date, or where it goes on. */
  slot: Slot
  /** Its key in that slot. */
  key: string
  target?: string | undefined
  user?: string | undefined
  failureTopic?: string | undefined
  latest?: string | undefined
  /** Length of the payload in UTF-16 units. */
  size?: number | undefined
  /** The tries that did not deliver it, in order. */
  attempts: Attempt[]
  /** When it is tried next, epoch ms: of one that is retrying. */
  nextAtMs?: number | undefined
  /** When its target's topic had taken it, epoch ms. */
  deliveredAtMs?: number | undefined
  /** How late that was, ms: counted from its due, or from its acceptance if that was later. */
  lateMs?: number | undefined
  /** When it failed, expired or was cancelled, epoch ms. */
  endedAtMs?: number | undefined
  /** Why it failed, as a code. */
  code?: FailureCode | undefined
  /** Why it ended undelivered, as a sentence. */
  reason?: string | undefined
  /** The instant to which it was rescheduled, epoch ms: there it is another event. */
  rescheduledToMs?: number | undefined
}

/** A slot in numbers. */
export interface SlotStats {
  slot: Slot
  /** The start of its minute, epoch ms. */
  minuteMs: number
  /** Events parked in it. */
  events: number
  /** Those of them that are still to be delivered here. */
  pending: number
  settled: boolean
  /** What became of them so far, once the minute has begun. */
  settlement?: Settlement | undefined
  /** Ids of events that should have ended, and have not. */
  overdue: string[]
}

/** Where a slot's runner stands: a state of the machine `deliver-slot`; `ahead` while no runner is needed yet. */
export type RunnerState = 'ahead' | 'WaitForSlot' | 'Plan' | 'Deliver' | 'WaitToSettle' | 'Settle' | 'Done'

/** What a writer of checkpoints has published in a slot. */
export interface WriterFacts {
  delivered: number
  checkpoints: number
  /** ms; absent where it has published nothing. */
  latenessMs?: LatenessSummary | undefined
}

/** A segment of a slot, and how far its emitter has come. */
export interface SegmentFacts extends WriterFacts {
  index: number
  /** No event of it is emitted before, epoch ms. */
  startMs: number
  /** None of it is emitted later, epoch ms (exclusive). */
  untilMs: number
  /** Emitters that have taken it, one after the other; 0 while none has woken, more than 1 where one was taken over. */
  emitters: number
  /** Every event due before then that its emitter has seen is done, epoch ms; absent without a checkpoint. */
  upToMs?: number | undefined
}

/** A slot in detail: where its runner stands, by what the table says and by the timetable. */
export interface SlotFacts extends SlotStats {
  state: RunnerState
  /** The name of its last runner. */
  runner: string
  /** The number of its last runner: more than 1 where the slot was opened again. */
  runs: number
  /** When its runner wakes to plan, epoch ms. */
  wakeAtMs: number
  /** When it may be settled at the earliest, epoch ms. */
  settleAtMs: number
  /** When it was settled, epoch ms. */
  settledAtMs?: number | undefined
  /** Absent until it is planned. */
  segments?: SegmentFacts[] | undefined
  /** What was delivered beside the segments: of those accepted just before they were due. */
  express: WriterFacts
  /** What only the settler delivered. */
  settler: WriterFacts
}
