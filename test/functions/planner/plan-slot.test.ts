import { expect } from 'chai'
import { BURST_EVENTS, type Segment } from '../../../core/segment.ts'
import { slotAt } from '../../../core/slot.ts'
import { anEvent, MINUTE_MS } from '../../support/builders.ts'
import { aWorld, functionsOf } from '../../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)

describe('the plan of a slot', () => {
  it('is one segment, woken four seconds before the minute and settled ten after it', async () => {
    const world = aWorld()
    await world.table.park([anEvent(), anEvent()])
    expect(await functionsOf(world).planner({ slot: SLOT })).to.deep.equal({
      segments: [
        {
          index: 0,
          from: '',
          to: '~',
          startMs: MINUTE_MS,
          untilMs: MINUTE_MS + 60_000,
          wakeAt: '2026-11-23T12:33:56Z',
        },
      ],
      settleAt: '2026-11-23T12:35:10Z',
    })
  })

  it('is several segments for a burst, each woken before its own', async () => {
    const world = aWorld()
    const burst = Array.from({ length: BURST_EVENTS + 1 }, (_, i) =>
      anEvent({ id: `e${i}`, dueAtMs: MINUTE_MS + 10_500 }),
    )
    await world.table.park(burst)
    const { segments } = await functionsOf(world).planner({ slot: SLOT })
    expect(segments.map(({ wakeAt }) => wakeAt.slice(14))).to.deep.equal(['33:56Z', '34:06Z', '34:06Z', '34:07Z'])
  })

  it('does not count events of the express lane, which its emitters leave alone', async () => {
    const world = aWorld()
    const burst = Array.from({ length: BURST_EVENTS + 1 }, (_, i) =>
      anEvent({ id: `e${i}`, dueAtMs: MINUTE_MS + 10_500, lane: 'express' }),
    )
    await world.table.park(burst)
    expect((await functionsOf(world).planner({ slot: SLOT })).segments).to.have.length(1)
  })

  it('stays the same when it is made again, whatever was parked meanwhile', async () => {
    const world = aWorld()
    const first = await functionsOf(world).planner({ slot: SLOT })
    const burst = Array.from({ length: BURST_EVENTS + 1 }, (_, i) => anEvent({ id: `e${i}`, dueAtMs: MINUTE_MS }))
    await world.table.park(burst)
    expect(await functionsOf(world).planner({ slot: SLOT })).to.deep.equal(first)
  })

  it('is the first one saved, where two planners make one at once', async () => {
    const world = aWorld()
    const saved: Segment = { index: 0, from: '', to: '~', startMs: 1, untilMs: 2 }
    const runnerRecord = world.table.runnerRecord
    const table = {
      ...world.table,
      runnerRecord: async (slot: string) => {
        const record = await runnerRecord(slot)
        await world.table.saveSegments(slot, [saved])
        return record
      },
    }
    const { segments } = await functionsOf({ ...world, table }).planner({ slot: SLOT })
    expect(segments).to.deep.equal([{ ...saved, wakeAt: '1969-12-31T23:59:56Z' }])
  })
})
