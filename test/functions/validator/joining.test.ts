import { expect } from 'chai'
import { keyAt, type ScheduledEvent } from '../../../core/event.ts'
import { LATE_MS } from '../../../core/lane.ts'
import { type Segment, segmentsOf } from '../../../core/segment.ts'
import { slotAt } from '../../../core/slot.ts'
import { AT_WORK_AFTER_MS, SOON_MS } from '../../../core/timetable.ts'
import { joiningWith } from '../../../functions/validator/joining.ts'
import { due, MINUTE_MS } from '../../support/builders.ts'
import { aWorld } from '../../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)

/** A validator, so long after the minute began, to which slots may be known to be opened. */
function aValidator(afterMs: number, { openedAtMs }: { openedAtMs?: number } = {}) {
  const world = aWorld({ atMs: MINUTE_MS + afterMs })
  let read = 0
  const runnerRecord: typeof world.table.runnerRecord = (slot) => {
    read++
    return world.table.runnerRecord(slot)
  }
  const opened = { openedAtMs: () => openedAtMs }
  const join = joiningWith({ table: { runnerRecord }, opened, clock: world.clock })
  const plan = (...cuts: string[]) => world.table.saveSegments(SLOT, segmentsOf(SLOT, cuts) as Segment[])
  return { world, plan, read: () => read, laneOf: async (event: ScheduledEvent) => (await join(event)).lane }
}

/** An event that was published when it was to be emitted, and is the express lane's. */
const express = (afterMs: number, publishedAtMs = MINUTE_MS + afterMs) =>
  due(afterMs, { lane: 'express', publication: { messageId: 'a', atMs: publishedAtMs } })

describe('an event that is due at once', () => {
  it('joins an emitter that is at work when that has the time to find it', async () => {
    const { laneOf } = aValidator(10_000, { openedAtMs: MINUTE_MS + 10_000 - AT_WORK_AFTER_MS })
    expect(await laneOf(express(10_000 + SOON_MS))).to.equal('soon')
    expect(await laneOf(express(10_000 + SOON_MS - 1))).to.equal('express')
  })

  it('is read in its turn when there is time for that', async () => {
    const { laneOf } = aValidator(10_000, { openedAtMs: MINUTE_MS })
    expect(await laneOf({ ...express(50_000), lane: 'near' })).to.equal('near')
  })

  it('goes by express although it was accepted in time to be read in its turn, where that took until now', async () => {
    const { plan, laneOf } = aValidator(50_000)
    await plan()
    expect(await laneOf({ ...express(50_000), lane: 'near' })).to.equal('express')
    expect(await laneOf({ ...express(50_000), lane: 'soon' })).to.equal('express')
  })

  it('goes by express though an emitter is at work, when it has not waited: its client wants it now', async () => {
    const { plan, laneOf, read } = aValidator(10_000)
    await plan()
    expect(await laneOf(express(10_000))).to.equal('express')
    expect(await laneOf(express(-3_600_000, MINUTE_MS + 9_900))).to.equal('express')
    expect(read()).to.equal(0)
  })
})

describe('an event that has waited until it is late', () => {
  it('joins the emitter of its slot when it is a second late, and not one millisecond sooner', async () => {
    const { plan, laneOf } = aValidator(10_000)
    await plan()
    expect(await laneOf(express(10_000 - LATE_MS))).to.equal('soon')
    expect(await laneOf(express(10_000 - LATE_MS + 1))).to.equal('express')
  })

  it('goes by express while its slot is not planned, and joins as soon as it is', async () => {
    const { plan, laneOf } = aValidator(10_000)
    expect(await laneOf(express(1_000))).to.equal('express')
    await plan()
    expect(await laneOf(express(1_000))).to.equal('soon')
  })

  it('joins for as long as the emitter of its segment is at work, which may be over before the minute', async () => {
    const cut = keyAt(MINUTE_MS + 20_000)
    for (const [afterMs, event, lane] of [
      [20_000 - SOON_MS, express(10_000), 'soon'],
      [20_000 - SOON_MS + 1, express(10_000), 'express'],
      [40_000, express(30_000), 'soon'],
      [60_000 - SOON_MS, express(30_000), 'soon'],
      [60_000 - SOON_MS + 1, express(30_000), 'express'],
    ] as const) {
      const { plan, laneOf } = aValidator(afterMs)
      await plan(cut)
      expect(await laneOf(event), `${afterMs} ms`).to.equal(lane)
    }
  })

  it('is placed by a plan that is read once for all of a slot', async () => {
    const { plan, laneOf, read } = aValidator(10_000)
    await plan()
    await Promise.all([laneOf(express(1_000)), laneOf(express(2_000))])
    await laneOf(express(3_000))
    expect(read()).to.equal(1)
  })

  it('goes by express when the plan cannot be read, which is tried again for the next', async () => {
    const world = aWorld({ atMs: MINUTE_MS + 10_000 })
    await world.table.saveSegments(SLOT, segmentsOf(SLOT, []))
    let fails = true
    const runnerRecord: typeof world.table.runnerRecord = async (slot) => {
      if (fails) throw new Error('throttled')
      return world.table.runnerRecord(slot)
    }
    const join = joiningWith({ table: { runnerRecord }, opened: { openedAtMs: () => undefined }, clock: world.clock })
    expect((await join(express(1_000))).lane).to.equal('express')
    fails = false
    expect((await join(express(1_000))).lane).to.equal('soon')
  })

  it('leaves no plan behind of a slot that is over', async () => {
    const { world, plan, laneOf, read } = aValidator(10_000)
    await plan()
    await laneOf(express(1_000))
    await world.clock.advanceTo(MINUTE_MS + 60_000)
    await laneOf({ ...express(60_000 - LATE_MS), slot: slotAt(MINUTE_MS + 60_000, 0) })
    await laneOf(express(1_000))
    expect(read()).to.equal(3)
  })
})
