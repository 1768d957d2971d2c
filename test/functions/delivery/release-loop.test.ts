import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import { startClearance } from '../../../functions/delivery/clearance.ts'
import { heldEvents } from '../../../functions/delivery/held-events.ts'
import { MAX_SLEEP_MS, startReleaseLoop } from '../../../functions/delivery/release-loop.ts'
import { anEvent, MINUTE_MS } from '../../support/builders.ts'
import { fakeClock } from '../../support/fake-clock.ts'

/** A loop that begins five seconds before `MINUTE_MS`, and notes when it releases what, as ms after `MINUTE_MS`. */
function aLoop({ earlyMs = 0, needsClearance = false } = {}) {
  const clock = fakeClock(MINUTE_MS - 5_000, { earlyMs })
  const held = heldEvents()
  const released: number[] = []
  const release = (events: readonly ScheduledEvent[]) => {
    for (const { emitAtMs } of events) {
      expect(clock.now(), 'not early').to.be.at.least(emitAtMs)
      released.push(clock.now() - MINUTE_MS)
    }
  }
  const clearance = startClearance(clock, { needsClearance })
  const loop = startReleaseLoop({ clock, held, clearance, release })
  const clear = (untilMs: number) => {
    clearance.give(untilMs)
    loop.wake()
  }
  const hold = (...timesMs: number[]) => {
    for (const ms of timesMs) held.add(anEvent({ dueAtMs: MINUTE_MS + ms }))
    loop.wake()
  }
  return { clock, held, loop, clear, hold, released }
}

describe('the release of a held event', () => {
  it('comes in its millisecond, and not one sooner', async () => {
    const { clock, hold, released } = aLoop()
    hold(0)
    await clock.advanceTo(MINUTE_MS - 1)
    expect(released).to.deep.equal([])
    await clock.advanceTo(MINUTE_MS)
    expect(released).to.deep.equal([0])
  })

  it('comes one millisecond after that of an event due one sooner', async () => {
    const { clock, hold, released } = aLoop()
    hold(0, 1, 2)
    await clock.advanceTo(MINUTE_MS + 2)
    expect(released).to.deep.equal([0, 1, 2])
  })

  it('comes at once when the event is overdue', async () => {
    const { clock, hold, released } = aLoop()
    hold(-60_000)
    await clock.advance(0)
    expect(released).to.deep.equal([-5_000])
  })

  it('is never early, even if every sleep ends a millisecond too soon', async () => {
    const { clock, hold, released } = aLoop({ earlyMs: 1 })
    const timesMs = Array.from({ length: 300 }, (_, i) => i * 7)
    hold(...timesMs)
    await clock.advanceTo(MINUTE_MS + 300 * 7)
    expect(released).to.deep.equal(timesMs)
  })

  it('waits longer when the clock is set back', async () => {
    const { clock, hold, released } = aLoop()
    hold(0)
    await clock.advanceTo(MINUTE_MS - 100)
    clock.shift(-10_000)
    await clock.advance(10_099)
    expect(released).to.deep.equal([])
    await clock.advance(1)
    expect(released).to.deep.equal([0])
  })

  it('comes within the longest sleep when the clock is set forward', async () => {
    const { clock, hold, released } = aLoop()
    hold(3_600_000)
    await clock.advance(1)
    clock.shift(3_700_000)
    await clock.advance(MAX_SLEEP_MS)
    expect(released).to.have.length(1)
  })

  it('is brought forward by an event that is due sooner', async () => {
    const { clock, hold, released } = aLoop()
    hold(1_000)
    await clock.advance(1)
    hold(0)
    await clock.advanceTo(MINUTE_MS)
    expect(released).to.deep.equal([0])
  })
})

describe('a release that needs clearance', () => {
  it('does not come before anything is cleared, however overdue the event is', async () => {
    const { clock, hold, released } = aLoop({ needsClearance: true })
    hold(-60_000)
    await clock.advance(2 * MAX_SLEEP_MS)
    expect(released).to.deep.equal([])
  })

  it('comes in the last millisecond that is cleared, and not one later', async () => {
    const { clock, clear, hold, released } = aLoop({ needsClearance: true })
    hold(-1, 0, 1)
    clear(MINUTE_MS)
    await clock.advanceTo(MINUTE_MS + 10_000)
    expect(released).to.deep.equal([-1, 0])
  })

  it('comes at once when an overdue event is cleared', async () => {
    const { clock, clear, hold, released } = aLoop({ needsClearance: true })
    hold(0)
    await clock.advanceTo(MINUTE_MS + 50)
    clear(MINUTE_MS + 1_000)
    await clock.advance(0)
    expect(released).to.deep.equal([50])
  })

  it('does not come when the loop stood still until the clearance was over, though the event was due within it', async () => {
    const { clock, clear, hold, released } = aLoop({ needsClearance: true })
    hold(0)
    clear(MINUTE_MS + 1_000)
    await clock.advanceTo(MINUTE_MS - 1)
    clock.shift(1_002)
    await clock.advance(60_000)
    expect(released).to.deep.equal([])
  })

  it('is not made earlier by clearance', async () => {
    const { clock, clear, hold, released } = aLoop({ needsClearance: true })
    clear(MINUTE_MS + 1_000)
    hold(0)
    await clock.advanceTo(MINUTE_MS)
    expect(released).to.deep.equal([0])
  })

  it('is taken back with the clearance', async () => {
    const { clock, clear, hold, released } = aLoop({ needsClearance: true })
    hold(0)
    clear(MINUTE_MS)
    await clock.advanceTo(MINUTE_MS - 1)
    clear(MINUTE_MS - 1)
    await clock.advance(1_000)
    expect(released).to.deep.equal([])
  })
})

describe('the end of the release loop', () => {
  it('comes at once when nothing is held, and leaves no timer', async () => {
    const { clock, loop } = aLoop()
    await clock.advance(1)
    await clock.run(loop.finish())
    expect([clock.now(), clock.timers()]).to.deep.equal([MINUTE_MS - 4_999, 0])
  })

  it('comes when the last held event is released', async () => {
    const { clock, loop, hold, released } = aLoop()
    hold(0, 100)
    await clock.run(loop.finish())
    expect([released, clock.now()]).to.deep.equal([[0, 100], MINUTE_MS + 100])
  })

  it('comes at once when what is held is taken away', async () => {
    const { clock, held, loop, hold, released } = aLoop()
    hold(0)
    const finished = loop.finish()
    held.takeUntil(Number.POSITIVE_INFINITY)
    loop.wake()
    await clock.run(finished)
    expect([released, clock.now()]).to.deep.equal([[], MINUTE_MS - 5_000])
  })
})
