import { expect } from 'chai'
import { settleAtMs, slotAt } from '../../core/slot.ts'
import { openedSlots } from '../../functions/opened-slots.ts'
import { MINUTE_MS } from '../support/builders.ts'
import { fakeClock } from '../support/fake-clock.ts'

const SLOT = slotAt(MINUTE_MS, 0)

describe('the slots that an instance has opened', () => {
  it('are remembered with the instant at which they were first opened', async () => {
    const clock = fakeClock(MINUTE_MS)
    const opened = openedSlots(clock)
    expect(opened.openedAtMs(SLOT)).to.equal(undefined)
    opened.remember(SLOT)
    await clock.advance(1_000)
    opened.remember(SLOT)
    expect(opened.openedAtMs(SLOT)).to.equal(MINUTE_MS)
  })

  it('are remembered until they may be settled, and not one millisecond longer', async () => {
    const clock = fakeClock(MINUTE_MS)
    const opened = openedSlots(clock)
    opened.remember(SLOT)
    await clock.advance(settleAtMs(SLOT) - 1 - MINUTE_MS)
    opened.remember(slotAt(clock.now(), 1))
    expect(opened.openedAtMs(SLOT)).to.equal(MINUTE_MS)
    await clock.advance(1)
    opened.remember(slotAt(clock.now(), 2))
    expect(opened.openedAtMs(SLOT)).to.equal(undefined)
  })

  it('are few, however many an instance opens in a day', async () => {
    const clock = fakeClock(MINUTE_MS)
    const opened = openedSlots(clock)
    for (let minute = 0; minute < 1_440; minute++) {
      opened.remember(slotAt(clock.now() + 180_000, 0))
      await clock.advance(60_000)
    }
    expect(opened.size()).to.be.at.most(6)
  })
})
