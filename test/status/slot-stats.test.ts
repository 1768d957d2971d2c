import { expect } from 'chai'
import { emptySettlement } from '../../core/settlement.ts'
import { slotAt } from '../../core/slot.ts'
import { OVERDUE_MS } from '../../core/timetable.ts'
import { slotStats } from '../../status/slot-stats.ts'
import { due, MINUTE_MS } from '../support/builders.ts'
import { aWorldWith, type World } from '../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const stats = (world: World) =>
  Array.fromAsync(slotStats(world.table, { fromMs: MINUTE_MS, toMs: MINUTE_MS + 180_000, nowMs: world.clock.now() }))

describe('slots in numbers', () => {
  it('count what is parked for a minute that is to come', async () => {
    const world = await aWorldWith([due(0), due(1), due(60_000)], MINUTE_MS - 60_000)
    expect(await stats(world)).to.deep.equal([
      { slot: SLOT, minuteMs: MINUTE_MS, events: 2, settled: false, overdue: [] },
      { slot: slotAt(MINUTE_MS + 60_000, 0), minuteMs: MINUTE_MS + 60_000, events: 1, settled: false, overdue: [] },
    ])
  })

  it('say of a settled minute what its settlement says', async () => {
    const world = await aWorldWith([due(0)], MINUTE_MS + 80_000)
    const settlement = { ...emptySettlement(), events: 1, delivered: 1, latenessMs: { p50: 1, p99: 2, max: 3 } }
    await world.table.settle(SLOT, 0, settlement)
    expect(await stats(world)).to.deep.equal([
      { slot: SLOT, minuteMs: MINUTE_MS, events: 1, settled: true, settlement, overdue: [] },
    ])
  })

  it('account for a minute that is over and not settled, and name what is overdue', async () => {
    const [first, second] = [due(0, { id: 'a' }), due(1, { id: 'b' })]
    const world = await aWorldWith([first, second], MINUTE_MS + OVERDUE_MS + 1_001)
    await world.table.checkpoint(SLOT, 0, { delivered: [first.key], upTo: '', lateMs: [1] })
    const [line] = await stats(world)
    expect(line).to.deep.include({ events: 2, settled: false, overdue: ['b'] })
    expect(line?.settlement?.delivered).to.equal(1)
  })
})
