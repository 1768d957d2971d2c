import { expect } from 'chai'
import { inMemoryDelayMs } from '../../core/retry.ts'
import * as t from '../../core/timetable.ts'
import { DEFERRED_MS } from '../../functions/emitter/deliver-segment.ts'

const seconds = (count: number) => count * 1_000

/** Delays between the tries in memory when chance is at its worst, ms. */
const longestTriesMs = () => {
  let totalMs = 0
  for (let tries = 1; tries < t.TRIES_IN_MEMORY; tries++) totalMs += inMemoryDelayMs(tries, 1)
  return totalMs
}

describe('the timetable', () => {
  describe('of a slot', () => {
    it('has validator and loader overlap by a minute, more than two clocks differ', () => {
      expect(t.FAR_MS - t.SWEEP_AHEAD_MS).to.be.at.least(t.SLOT_MS)
      expect(t.FAR_MS - t.SWEEP_AHEAD_MS).to.be.above(t.CLOCK_SKEW_MS)
    })

    it('has the loader open a slot before its runner would wake, though its clock has a minute of jitter', () => {
      expect(t.SWEEP_AHEAD_MS - 2 * t.SLOT_MS).to.be.above(t.PLAN_LEAD_MS + t.CLOCK_SKEW_MS)
    })

    it('begins the watermark further back than two clocks differ', () => {
      expect(t.WATERMARK_MARGIN_MS).to.be.above(t.CLOCK_SKEW_MS)
    })

    it('plans before emitters wake, however large the slot, with time for the planner to start', () => {
      expect(t.PLAN_LEAD_MS).to.be.at.least(t.PLAN_FOR_MS + t.EMITTER_LEAD_MS + t.CLOCK_SKEW_MS + seconds(2))
    })

    it('plans within the timeout of the planner, and the calls before and after it', () => {
      expect(seconds(t.TIMEOUT_SECONDS.planner)).to.be.above(t.PLAN_FOR_MS + seconds(60))
    })

    it('has time, when settling begins its last piece of work, for targets that hang', () => {
      const hangingMs = t.TRIES_IN_MEMORY * t.PUBLISH_TIMEOUT_MS + longestTriesMs()
      expect(seconds(t.TIMEOUT_SECONDS.settler) - t.SETTLE_FOR_MS).to.be.above(3 * hangingMs)
    })

    it('reads several windows in one settling', () => {
      expect(t.SETTLE_FOR_MS).to.be.at.least(4 * t.WINDOW_FOR_MS)
    })

    it('wakes an emitter early enough to start and then to read ahead', () => {
      expect(t.EMITTER_LEAD_MS).to.be.at.least(t.READ_AHEAD_MS + seconds(1))
    })

    it('settles only when tries in memory and their checkpoint are over', () => {
      expect(t.GRACE_MS).to.be.above(longestTriesMs() + t.CHECKPOINT_MS + t.CLOCK_SKEW_MS)
    })

    it('takes an event for missed by settling earlier than two clocks differ', () => {
      expect(t.SETTLE_MARGIN_MS).to.be.above(t.CLOCK_SKEW_MS)
      expect(t.SETTLE_MARGIN_MS).to.be.below(t.GRACE_MS)
    })

    it('audits a slot only after it had the time to settle', () => {
      expect(t.AUDIT_AFTER_MS).to.be.above(t.GRACE_MS + t.CLOCK_SKEW_MS)
    })

    it('calls an event overdue only after settling, and a second settling, had the time', () => {
      expect(t.OVERDUE_MS).to.be.above(t.SLOT_MS + t.GRACE_MS + t.SETTLE_AGAIN_MS)
    })
  })

  describe('of an event', () => {
    it('lets it be due ten years ahead, leap days included', () => {
      expect(t.MAX_AHEAD_MS).to.equal(Date.UTC(2036, 10, 23) - Date.UTC(2026, 10, 23))
    })

    it('leaves to the runner what its emitter reads a clock skew later', () => {
      expect(t.STILL_NEAR_MS).to.equal(t.READ_AHEAD_MS + t.CLOCK_SKEW_MS)
    })

    it('gives the write of a near event the time between the two looks at the clock', () => {
      expect(t.NEAR_MS).to.be.at.least(t.STILL_NEAR_MS + seconds(1))
    })

    it('announces only what an emitter at work finds in its next poll, half a second a call', () => {
      expect(t.SOON_MS).to.be.at.least(2 * t.POLL_MS + 500)
    })

    it('announces what was written late for longer than an ordinary write and a poll take', () => {
      expect(t.ANNOUNCED_MS).to.be.above(2 * t.POLL_MS)
    })

    it('takes a slot for served only when its emitter has read ahead', () => {
      expect(t.AT_WORK_AFTER_MS).to.be.above(t.READ_AHEAD_MS)
    })

    it('takes no event for written that a validator may still be writing', () => {
      expect(t.LONGEST_WRITE_MS).to.be.at.least(seconds(t.TIMEOUT_SECONDS.validator))
    })

    it('remembers events until no announcement can name them again', () => {
      const withItsWriteMs = t.LONGEST_WRITE_MS + t.NEAR_MS + 2 * t.CLOCK_SKEW_MS + t.POLL_MS
      const afterItsWriteMs = t.LONGEST_WRITE_MS + t.ANNOUNCED_MS + 4 * t.CLOCK_SKEW_MS + t.POLL_MS
      expect(t.REMEMBERED_MS).to.be.above(Math.max(withItsWriteMs, afterItsWriteMs))
    })

    it('looks at outcomes twice before what it saw is too old to publish by', () => {
      expect(t.CLEARED_MS).to.be.at.least(2 * t.POLL_MS)
    })

    it('reads ahead further than it is cleared to publish', () => {
      expect(t.READ_AHEAD_MS).to.be.at.least(t.CLEARED_MS + t.POLL_MS)
    })

    it('takes a segment over only when its owner’s clearance is over and its last checkpoint written, half a second a call', () => {
      expect(t.TAKE_OVER_MS).to.be.at.least(t.CLEARED_MS + t.CHECKPOINT_MS + t.POLL_MS)
    })

    it('has an emitter that takes a segment over at its start read ahead in time', () => {
      expect(t.TAKE_OVER_MS).to.be.below(t.EMITTER_LEAD_MS)
    })

    it('has the last publish under a claim ended and recorded before the claim lapses on a clock that is ahead', () => {
      const lastMs = t.PUBLISH_TIMEOUT_MS + t.CHECKPOINT_MS + t.TABLE_TIMEOUT_MS
      expect(t.CLAIM_MS - t.CLAIM_VALID_MS).to.be.at.least(lastMs + t.CLOCK_SKEW_MS)
    })

    it('claims for longer than an express delivery takes whose target answers the second try', () => {
      const expressMs = t.NEAR_MS + t.EXPRESS_LEAD_MS + longestTriesMs() + 2 * t.PUBLISH_TIMEOUT_MS
      expect(t.CLAIM_VALID_MS).to.be.above(expressMs)
    })
  })

  describe('of a change', () => {
    it('is sure to be seen when nothing later is published without a look', () => {
      expect(t.SURE_MS).to.be.at.least(t.CLEARED_MS + t.CLOCK_SKEW_MS)
    })

    it('leaves the write of a cancel the time between margin and sureness', () => {
      expect(t.CANCEL_MARGIN_MS).to.be.above(t.SURE_MS)
    })
  })

  describe('of a publish that fails', () => {
    it('tries in memory for about three seconds', () => {
      expect(longestTriesMs()).to.be.within(seconds(2), seconds(4))
    })

    it('parks again for far longer than it tries in memory, and for no longer than it keeps trying', () => {
      expect(t.FIRST_RETRY_MS).to.be.above(longestTriesMs())
      expect(t.LONGEST_RETRY_MS).to.be.within(t.FIRST_RETRY_MS, t.GIVE_UP_AFTER_MS)
    })
  })

  describe('of what the stack lets its parts take', () => {
    it('gives up on a table that does not answer before the validator’s time is over', () => {
      expect(8 * t.TABLE_TIMEOUT_MS).to.be.below(seconds(t.TIMEOUT_SECONDS.validator))
    })

    it('ends a loader before the next minute begins', () => {
      expect(seconds(t.TIMEOUT_SECONDS.loader)).to.be.below(t.SLOT_MS)
    })

    it('lets an emitter outlive its minute, its lead and its slow publishes', () => {
      const emitterMs = t.EMITTER_LEAD_MS + t.SLOT_MS + t.CLOCK_SKEW_MS + t.TRIES_IN_MEMORY * t.PUBLISH_TIMEOUT_MS
      expect(seconds(t.TIMEOUT_SECONDS.emitter)).to.be.above(emitterMs)
    })

    it('lets an emitter park again what it has deferred, and deliver what its slow targets have by then', () => {
      const deferredMs = t.EMITTER_LEAD_MS + t.SLOT_MS + DEFERRED_MS + t.CLOCK_SKEW_MS
      expect(seconds(t.TIMEOUT_SECONDS.emitter)).to.be.at.least(deferredMs + seconds(120))
    })

    it('hands a message out again only when six validators have timed out', () => {
      expect(t.VISIBILITY_TIMEOUT_SECONDS).to.be.at.least(6 * t.TIMEOUT_SECONDS.validator)
    })

    it('lets a runner wait as long as the loader opens ahead, and deliver, and settle', () => {
      const runnerMs = t.FAR_MS + t.SLOT_MS + seconds(t.TIMEOUT_SECONDS.emitter) + seconds(t.TIMEOUT_SECONDS.settler)
      expect(seconds(t.RUNNER_TIMEOUT_SECONDS)).to.be.above(runnerMs)
    })

    it('keeps an express delivery within the five minutes that AWS allows', () => {
      expect(t.EXPRESS_TIMEOUT_SECONDS).to.be.below(300)
      expect(seconds(t.EXPRESS_TIMEOUT_SECONDS)).to.be.above(t.CLAIM_MS)
    })
  })
})
