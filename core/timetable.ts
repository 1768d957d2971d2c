/**
 * The constants of time that only work together. All are in milliseconds unless their name says otherwise;
 * `test/core/timetable.test.ts` holds the inequalities that they must keep. One that concerns nothing but its own file
 * stands there.
 *
 * The minutes before a slot (m), and after it:
 *
 * ```
 *  m−4 min    m−3 min     m−20 s     m−4 s      m−2 s      m … m+1 min     +10 s        +1 min      +24 h
 *  │          │           │          │          │          │          │    │            │           │
 *  FAR        SWEEP_AHEAD PLAN_LEAD  EMITTER_   READ_      the slot   │    GRACE        AUDIT_      GIVE_UP_
 *  validator  loader has  runner     LEAD       AHEAD                 end  the settler  AFTER       AFTER
 *  opens from opened it   wakes,     emitter    emitter               │    looks        the loader  an event that
 *  here on    by here     plans      wakes      begins to read        │                 opens again fails is given up
 * ```
 *
 * The last seconds before one event (d), and after it; the last two are counted from a claim, which is made shortly before:
 *
 * ```
 *  d−5 s    d−4 s        d−3.5 s   d−3 s   d−2 s    d−1 s              d          +44 s         +60 s
 *  │        │            │         │       │        │                  │          │             │
 *  NEAR     STILL_NEAR   CANCEL_   SURE    READ_    SOON     CLEARED   publish    CLAIM_VALID   CLAIM
 *  its      write ended  MARGIN    cancel  AHEAD    may be   outcomes             who claimed   a claim
 *  runner   by then: the cancels   written it is    announ-  and owner            it begins no  lapses
 *  reads it runner has   taken     by then read     ced      looked at            publish now
 *           it; later it until     is sure                   since then
 *           is announced
 * ```
 */

// ── Clocks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** By how much two functions' clocks may differ before events are late; they are never lost. */
export const CLOCK_SKEW_MS = 2_000

// ── A slot ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Length of a slot: one UTC minute. */
export const SLOT_MS = 60_000

/** Slots that begin at least this far ahead are left to the loader; of others whoever parks an event opens the slot. */
export const FAR_MS = 240_000

/** The loader opens slots that begin within this. One minute less than `FAR_MS`: the overlap that covers clock skew. */
export const SWEEP_AHEAD_MS = 180_000

/** The loader's watermark begins this long before the first event is parked, because two clocks differ. */
export const WATERMARK_MARGIN_MS = 60_000

/**
 * How long before its minute a runner wakes to plan. A waiting execution costs nothing, and planning reads the whole
 * slot, so this is generous.
 */
export const PLAN_LEAD_MS = 20_000

/** Planning takes no longer: what it has not read by then it cuts as well as it can, before the emitters are to wake. */
export const PLAN_FOR_MS = 12_000

/** An emitter wakes this long before its segment begins: to start, to connect, to warm up, and to read ahead. */
export const EMITTER_LEAD_MS = 4_000

/** A runner that was started within its minute has an emitter at work this much later, planning included. */
export const AT_WORK_AFTER_MS = 3_000

/** How long after its minute a slot is settled: the time that late publishes and retries in memory may take. */
export const GRACE_MS = 10_000

/** An event written this close to the settling of its slot may be missed by it, because two clocks differ. */
export const SETTLE_MARGIN_MS = 5_000

/**
 * Settling does not begin another piece of work after this: what is left of the settler's timeout is for the piece at work,
 * whose targets may all hang. It goes on when it is invoked again.
 */
export const SETTLE_FOR_MS = 120_000

/** Settling saves how far it came at least this often, and the time that it takes to count and deliver what it has read. */
export const WINDOW_FOR_MS = 20_000

/** How soon settling is tried again when an event was parked meanwhile. */
export const SETTLE_AGAIN_MS = 2_000

/** A slot that ended this long ago and is not settled is opened again by the loader. */
export const AUDIT_AFTER_MS = 60_000

/** The loader begins nothing new after this long: what it has not done is the next minute's. */
export const LOADER_WORK_MS = 40_000

/** An event is overdue, for those who look, when nothing is known of its end this long after it was due. */
export const OVERDUE_MS = 120_000

// ── An event ────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * `latest` is at least this long after `date`. An event may go out until and including that millisecond; with less time
 * it would be a matter of chance whether it does.
 */
export const MIN_LATEST_MS = 1_000

/** How far ahead an event may be due: ten years. */
export const MAX_AHEAD_MS = 3_653 * 24 * 3_600_000

/** Events due at least this far ahead are delivered by the runner of their slot. */
export const NEAR_MS = 5_000

/**
 * If, once its write is acknowledged, an event is at least this far ahead, its runner reads it in time; otherwise it is
 * announced. The emitter first reads it `READ_AHEAD_MS` ahead; what lies between covers the skew of two clocks.
 */
export const STILL_NEAR_MS = 4_000

/** How far ahead the emitter reads its segment. */
export const READ_AHEAD_MS = 2_000

/** The emitter looks for events, announcements and cancels, and whether its segment is still its own, this often. */
export const POLL_MS = 250

/**
 * Events due at least this far ahead can still be announced to a runner at work: time to write them, and for its
 * emitter to find them.
 */
export const SOON_MS = 1_000

/**
 * An event that was written late is announced for this long. An announcement whose own write took longer may have been
 * missed, and is made again.
 */
export const ANNOUNCED_MS = 2_000

/** From when an event is accepted until it is written, and announced if that was late: a validator's time is over then. */
export const LONGEST_WRITE_MS = 30_000

/** How long an emitter remembers the events it has published, once that is recorded: none is announced again by then. */
export const REMEMBERED_MS = 45_000

/** An express delivery wakes this long before its first event is due, for the emitter to start and claim. */
export const EXPRESS_LEAD_MS = 1_000

/**
 * An event goes out only if the emitter has looked this shortly before, by its own clock, for outcomes, and whether the
 * segment is still its own. Normally it has, twice; when looking takes long the event waits, because a cancel that was
 * accepted is honoured always, and an emitter that was taken for dead must not publish beside its successor.
 */
export const CLEARED_MS = 1_000

/** A new checkpoint is written at least this often while there is something to record. */
export const CHECKPOINT_MS = 1_000

/**
 * Whoever takes a segment over waits this long before it reads what its predecessor has published. By then the
 * predecessor, if it lives, begins no publish any more, and what it has published stands in its checkpoints: all but what a
 * slow target takes longer to answer.
 */
export const TAKE_OVER_MS = 2_500

/** How long a claim keeps others off. */
export const CLAIM_MS = 60_000

/**
 * How long a claim lets its owner begin to publish, counted from when it looked whether the event was delivered: so much
 * less that the last publish has ended, and stands in a checkpoint, when the claim lapses for others, whose clocks differ.
 */
export const CLAIM_VALID_MS = 44_000

// ── A change ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A cancel or reschedule is taken if it was published this long before the event is to be emitted. */
export const CANCEL_MARGIN_MS = 3_500

/**
 * A cancel written this long before the event is to be emitted is sure to be seen: the emitter publishes nothing
 * without having looked within `CLEARED_MS` before. The rest covers the skew of the two clocks.
 */
export const SURE_MS = 3_000

/** How long a cancel waits for its event, counted from its publishing: topics and queues do not keep order. */
export const OVERTAKEN_MS = 1_000

// ── A publish that fails ────────────────────────────────────────────────────────────────────────────────────────────

/** A request to the table without an answer for this long is tried again by the SDK. Answers take some milliseconds. */
export const TABLE_TIMEOUT_MS = 3_000

/**
 * No request to the table is tried again beyond this: a call ends within about it, whether it is throttled or not
 * answered. Two attempts that are not answered fit into it.
 */
export const TABLE_CALL_MS = 7_000

/** What a batch leaves over is handed in again for this long; the last request, of `TABLE_CALL_MS`, may begin then. */
export const BULK_MS = 7_000

/** The start of an execution without an answer for this long is tried again by the SDK. */
export const START_TIMEOUT_MS = 5_000

/** A publish without an answer for this long is tried again. */
export const PUBLISH_TIMEOUT_MS = 10_000

/** A notice waits for its turn and is tried again for this long; then another topic is told, or it is told later. */
export const NOTICE_MS = 15_000

/** Delay before the second try in memory. Each further one waits four times as long, each ± 25 %. */
export const FIRST_TRY_AGAIN_MS = 100

/** Publishes tried in memory before an event is parked again. With the delays between them about three seconds. */
export const TRIES_IN_MEMORY = 4

/** Delay before the second attempt, in a later slot; it doubles with each, ± 25 %. Soonest next look at what is in trouble. */
export const FIRST_RETRY_MS = 30_000

/** Longest delay between two attempts, or two looks at what is in trouble. */
export const LONGEST_RETRY_MS = 3_600_000

/** An event is given up this long after it was due; telling of a failure, this long after that. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000

// ── What the stack lets its parts take ──────────────────────────────────────────────────────────────────────────────

/**
 * Facts are kept this long on top of the retention: after an outage of two weeks DynamoDB has not yet deleted what was to be
 * delivered in it. Days.
 */
export const OUTAGE_DAYS = 14

/** Timeouts of the functions, seconds. Lambda allows 900. Source: Lambda quotas. */
export const TIMEOUT_SECONDS = {
  /** A batch of ten messages. Not longer than `LONGEST_WRITE_MS`. */
  validator: 30,
  /** A minute's work, done before the next one begins. */
  loader: 55,
  /** `PLAN_FOR_MS`, and the calls before and after it. */
  planner: 120,
  /** A minute, its lead, its slow targets. */
  emitter: 300,
  /** What the emitters of a slot left. */
  settler: 300,
} as const

/** A runner's: the wait, one minute and its settling take some minutes; an hour is a runner that hangs. Seconds. */
export const RUNNER_TIMEOUT_SECONDS = 3_600

/** An express delivery's: under the five minutes an Express execution may last. Source: Step Functions quotas. Seconds. */
export const EXPRESS_TIMEOUT_SECONDS = 240

/** Longest that the settings let Lambda gather a batch, seconds; 300 at most. Source: MaximumBatchingWindowInSeconds. */
export const LONGEST_WINDOW_SECONDS = 30

/** A message is handed out again so long after its batch was gathered: six times the validator's timeout, as advised. */
export const VISIBILITY_TIMEOUT_SECONDS = 180
