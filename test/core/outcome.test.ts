import { expect } from 'chai'
import {
  endOf,
  hasEnded,
  hasMovedOnAlone,
  isAskedSince,
  isClaimed,
  isFinal,
  isUndelivered,
  OUTCOMES,
  type OutcomeKind,
} from '../../core/outcome.ts'
import { CLAIM_MS, CLOCK_SKEW_MS } from '../../core/timetable.ts'
import { MINUTE_MS } from '../support/builders.ts'

const outcome = (kind: OutcomeKind) => ({ slot: 's', key: 'k', kind, atMs: MINUTE_MS })

describe('an outcome', () => {
  it('ends an event in its slot, unless it is a claim', () => {
    expect(OUTCOMES.filter((kind) => isFinal(outcome(kind)))).to.deep.equal([
      'failed',
      'cancelled',
      'expired',
      'retrying',
      'moved',
    ])
    expect(isFinal(undefined)).to.equal(false)
  })

  it('is of somebody who went on alone only where one moved on and nothing had stood there, which it would say', () => {
    const kinds = OUTCOMES.filter((kind) => hasMovedOnAlone(outcome(kind)))
    expect(kinds).to.deep.equal(['moved'])
    expect(hasMovedOnAlone({ ...outcome('moved'), attempts: 0 })).to.equal(false)
    expect(hasMovedOnAlone(undefined)).to.equal(false)
  })

  it('says how an event has ended, unless it is a claim, cannot be read, or is none', () => {
    const kinds = [...OUTCOMES, 'unreadable'] as const
    expect(kinds.filter((kind) => hasEnded(outcome(kind)))).to.deep.equal([
      'failed',
      'cancelled',
      'expired',
      'retrying',
      'moved',
    ])
    expect(hasEnded(undefined)).to.equal(false)
  })

  it('is to be asked for again by its client where it failed or expired, from two seconds before that on', () => {
    const undelivered = OUTCOMES.filter((kind) => isUndelivered(outcome(kind)))
    expect(undelivered).to.deep.equal(['failed', 'expired'])
    for (const kind of undelivered) expect(endOf(outcome(kind))).to.deep.equal({ atMs: MINUTE_MS - CLOCK_SKEW_MS })
    expect(endOf(outcome('cancelled'))).to.deep.equal(outcome('cancelled'))
    expect(endOf(undefined)).to.deep.equal({})
  })

  it('is of an event that was asked for again since only where that is noted, and was after its end', () => {
    const askedAt = (atMs: number) => ({ askedAgain: { messageId: 'again', atMs } })
    const endMs = MINUTE_MS - CLOCK_SKEW_MS
    for (const kind of ['failed', 'expired'] as const) {
      expect(isAskedSince(askedAt(endMs + 1), outcome(kind))).to.equal(true)
      expect(isAskedSince(askedAt(endMs), outcome(kind))).to.equal(false)
      expect(isAskedSince({}, outcome(kind))).to.equal(false)
      expect(isAskedSince(undefined, outcome(kind))).to.equal(false)
    }
    for (const kind of ['cancelled', 'retrying', 'moved', 'claimed'] as const)
      expect(isAskedSince(askedAt(MINUTE_MS + 1), outcome(kind))).to.equal(false)
  })

  it('keeps others off as a claim for a minute, and not one millisecond more', () => {
    expect(isClaimed(outcome('claimed'), MINUTE_MS + CLAIM_MS - 1)).to.equal(true)
    expect(isClaimed(outcome('claimed'), MINUTE_MS + CLAIM_MS)).to.equal(false)
  })

  it('keeps others off as a claim whose writer’s clock is ahead', () => {
    expect(isClaimed(outcome('claimed'), MINUTE_MS - 5_000)).to.equal(true)
  })

  it('is no claim when it is final, or not there', () => {
    for (const kind of ['failed', 'cancelled', 'expired', 'retrying', 'moved'] as const)
      expect(isClaimed(outcome(kind), MINUTE_MS)).to.equal(false)
    expect(isClaimed(undefined, MINUTE_MS)).to.equal(false)
  })
})
