import { expect } from 'chai'
import { startClearance } from '../../../functions/delivery/clearance.ts'
import { MINUTE_MS } from '../../support/builders.ts'
import { fakeClock } from '../../support/fake-clock.ts'

describe('the clearance of a delivery', () => {
  it('is given for ever where none is needed', () => {
    const clearance = startClearance(fakeClock(MINUTE_MS))
    expect([clearance.isGiven(), clearance.untilMs()]).to.deep.equal([true, Number.POSITIVE_INFINITY])
  })

  it('is not given at the start where it is needed', () => {
    const clearance = startClearance(fakeClock(MINUTE_MS), { needsClearance: true })
    expect([clearance.isGiven(), clearance.untilMs()]).to.deep.equal([false, Number.NEGATIVE_INFINITY])
  })

  it('lasts until the very millisecond, and not one longer', async () => {
    const clock = fakeClock(MINUTE_MS)
    const clearance = startClearance(clock, { needsClearance: true })
    clearance.give(MINUTE_MS + 1_000)
    await clock.advance(1_000)
    expect(clearance.isGiven()).to.equal(true)
    await clock.advance(1)
    expect(clearance.isGiven()).to.equal(false)
  })

  it('is given until the last instant that was named, also when that is sooner', () => {
    const clearance = startClearance(fakeClock(MINUTE_MS), { needsClearance: true })
    clearance.give(MINUTE_MS + 1_000)
    clearance.give(MINUTE_MS - 1)
    expect([clearance.isGiven(), clearance.untilMs()]).to.deep.equal([false, MINUTE_MS - 1])
  })
})
