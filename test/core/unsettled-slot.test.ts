import { expect } from 'chai'
import { slotAt } from '../../core/slot.ts'
import { CLOCK_SKEW_MS } from '../../core/timetable.ts'
import { foundUnsettled, isRipe, LONGEST_REOPEN_MS, openedAgain } from '../../core/unsettled-slot.ts'
import { MINUTE_MS } from '../support/builders.ts'

describe('a slot that stays unsettled', () => {
  const found = foundUnsettled(slotAt(MINUTE_MS, 0), MINUTE_MS)
  const once = openedAgain(found, MINUTE_MS)

  it('is looked at again after one minute, two, four, and in the end every ten', () => {
    const distances: number[] = []
    for (let i = 0, one = once, nowMs = MINUTE_MS; i < 7; i++) {
      distances.push((one.againAtMs - nowMs) / 60_000)
      nowMs = one.againAtMs
      one = openedAgain(one, nowMs)
    }
    expect(distances).to.deep.equal([1, 2, 4, 8, 10, 10, 10])
  })

  it('is ripe from the instant at which it is found, until it has been opened again', () => {
    expect(isRipe(found, MINUTE_MS)).to.equal(true)
    expect(isRipe(once, MINUTE_MS)).to.equal(false)
  })

  it('keeps since when it is known', () => {
    expect(openedAgain(found, MINUTE_MS + 60_000)).to.include({ sinceMs: MINUTE_MS, tries: 1 })
  })

  it('is ripe at its instant, and not a millisecond before', () => {
    expect(isRipe(once, once.againAtMs)).to.equal(true)
    expect(isRipe(once, once.againAtMs - 1)).to.equal(false)
  })

  it('is ripe at once when a clock that was far ahead has put it off', () => {
    expect(isRipe(once, MINUTE_MS - 7_200_000)).to.equal(true)
    const furthestMs = MINUTE_MS + LONGEST_REOPEN_MS + CLOCK_SKEW_MS
    expect(isRipe({ ...once, againAtMs: furthestMs }, MINUTE_MS)).to.equal(false)
    expect(isRipe({ ...once, againAtMs: furthestMs + 1 }, MINUTE_MS)).to.equal(true)
  })
})
