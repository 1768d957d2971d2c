import { expect } from 'chai'
import { canJoin, chooseLane, isAwaited, isLate, type Lane, mustAnnounce, mustOpen } from '../../core/lane.ts'
import { slotAt } from '../../core/slot.ts'
import { FAR_MS, SLOT_MS, SWEEP_AHEAD_MS } from '../../core/timetable.ts'
import { MINUTE_MS } from '../support/builders.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const FOUR_MINUTES = 4 * 60_000
const laneAt = (dueAtMs: number, nowMs: number) => chooseLane(dueAtMs, slotAt(dueAtMs, 0), nowMs)

describe('the lane of an event', () => {
  it('is far when its minute begins exactly four minutes from now', () => {
    expect(laneAt(MINUTE_MS, MINUTE_MS - FOUR_MINUTES)).to.equal('far')
  })

  it('is near one millisecond later', () => {
    expect(laneAt(MINUTE_MS, MINUTE_MS - FOUR_MINUTES + 1)).to.equal('near')
  })

  it('depends on the minute, not on the second within it', () => {
    expect(laneAt(MINUTE_MS + 59_999, MINUTE_MS - FOUR_MINUTES)).to.equal('far')
    expect(laneAt(MINUTE_MS + 59_999, MINUTE_MS - FOUR_MINUTES + 1)).to.equal('near')
  })

  it('is near when it is due in exactly five seconds', () => {
    expect(laneAt(MINUTE_MS + 30_000, MINUTE_MS + 25_000)).to.equal('near')
  })

  it('is express when it is due one millisecond sooner', () => {
    expect(laneAt(MINUTE_MS + 30_000, MINUTE_MS + 25_001)).to.equal('express')
  })

  it('is express when it is due this very millisecond, and when it is overdue', () => {
    expect(laneAt(MINUTE_MS, MINUTE_MS)).to.equal('express')
    expect(laneAt(MINUTE_MS, MINUTE_MS + 1)).to.equal('express')
    expect(laneAt(MINUTE_MS, MINUTE_MS + 365 * 86_400_000)).to.equal('express')
  })
})

describe('the slot of an event', () => {
  it('is left to the loader when it begins exactly four minutes from now', () => {
    expect(mustOpen(SLOT, MINUTE_MS - FOUR_MINUTES)).to.equal(false)
  })

  it('is opened by whoever parks in it one millisecond later', () => {
    expect(mustOpen(SLOT, MINUTE_MS - FOUR_MINUTES + 1)).to.equal(true)
  })

  it('is opened by the loader a minute before others leave it to the loader, whatever second that runs at', () => {
    // A loader that runs once a minute, up to 60 s late, opens a slot at the latest SWEEP_AHEAD_MS before it begins.
    expect(FAR_MS - SWEEP_AHEAD_MS).to.be.at.least(SLOT_MS)
  })
})

describe('a runner at work', () => {
  const LONG_AGO_MS = MINUTE_MS - 60_000

  it('is joined by an event that is due in exactly a second', () => {
    expect(canJoin({ emitAtMs: MINUTE_MS }, { openedAtMs: LONG_AGO_MS, nowMs: MINUTE_MS - 1_000 })).to.equal(true)
  })

  it('is not joined by one that is due one millisecond sooner', () => {
    expect(canJoin({ emitAtMs: MINUTE_MS }, { openedAtMs: LONG_AGO_MS, nowMs: MINUTE_MS - 999 })).to.equal(false)
  })

  it('is joined exactly three seconds after it was opened', () => {
    expect(canJoin({ emitAtMs: MINUTE_MS }, { openedAtMs: MINUTE_MS - 5_000, nowMs: MINUTE_MS - 2_000 })).to.equal(true)
  })

  it('is not joined one millisecond sooner, nor when nobody is known to have opened it', () => {
    expect(canJoin({ emitAtMs: MINUTE_MS }, { openedAtMs: MINUTE_MS - 4_999, nowMs: MINUTE_MS - 2_000 })).to.equal(
      false,
    )
    expect(canJoin({ emitAtMs: MINUTE_MS }, { openedAtMs: undefined, nowMs: MINUTE_MS - 2_000 })).to.equal(false)
  })
})

describe('an event that waits to be taken in', () => {
  const lateBy = (dueMs: number, publishedMs?: number) =>
    isLate(
      {
        emitAtMs: MINUTE_MS - dueMs,
        publication: publishedMs === undefined ? undefined : { atMs: MINUTE_MS - publishedMs },
      },
      MINUTE_MS,
    )

  it('is late a second after its due, and not one millisecond sooner', () => {
    expect([lateBy(1_000), lateBy(999), lateBy(-1)]).to.deep.equal([true, false, false])
  })

  it('is late a second after its publish when it was past due then', () => {
    expect([lateBy(3_600_000, 1_000), lateBy(3_600_000, 999), lateBy(1_000, 3_600_000)]).to.deep.equal([
      true,
      false,
      true,
    ])
  })

  it('is awaited by the emitter of its segment until a second before that is past', () => {
    const planned = [
      { to: '2', untilMs: MINUTE_MS },
      { to: '~', untilMs: MINUTE_MS + 60_000 },
    ]
    const at = (key: string, beforeMs: number) => isAwaited({ key }, planned, MINUTE_MS - beforeMs)
    expect([at('1', 1_000), at('1', 999), at('2', 999)]).to.deep.equal([true, false, true])
  })

  it('is awaited by nobody where nothing is planned', () => {
    expect(isAwaited({ key: '1' }, [], MINUTE_MS)).to.equal(false)
  })
})

describe('an event whose write has been acknowledged', () => {
  const event = (lane: Lane) => ({ lane, emitAtMs: MINUTE_MS })

  it('is not announced when it is the express lane’s, however long the write took', () => {
    expect(mustAnnounce(event('express'), MINUTE_MS - 10_000)).to.equal(false)
    expect(mustAnnounce(event('express'), MINUTE_MS + 10_000)).to.equal(false)
  })

  it('is read in its turn when it is near and written exactly four seconds ahead', () => {
    expect(mustAnnounce(event('near'), MINUTE_MS - 4_000)).to.equal(false)
  })

  it('is announced when it is near and written one millisecond later', () => {
    expect(mustAnnounce(event('near'), MINUTE_MS - 3_999)).to.equal(true)
  })

  it('has been found by its announcement when that was written in the millisecond it is due', () => {
    expect(mustAnnounce(event('soon'), MINUTE_MS)).to.equal(false)
  })

  it('is announced again when it was announced one millisecond later', () => {
    expect(mustAnnounce(event('soon'), MINUTE_MS + 1)).to.equal(true)
  })

  it('is announced when it is far and its write took minutes', () => {
    expect(mustAnnounce(event('far'), MINUTE_MS + 1)).to.equal(true)
  })
})
