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

const ahead = { settled: false, overdue: [] }

describe('slots in numbers', () => {
  it('count what is parked for a minute that is to come', async () => {
    const world = await aWorldWith([due(0), due(1), due(60_000)], MINUTE_MS - 60_000)
    expect(await stats(world)).to.deep.equal([
      { slot: SLOT, minuteMs: MINUTE_MS, events: 2, pending: 2, ...ahead },
      { slot: slotAt(MINUTE_MS + 60_000, 0), minuteMs: MINUTE_MS + 60_000, events: 1, pending: 1, ...ahead },
    ])
  })

  it('leave out of what is pending what was cancelled before its minute, and what never arrived', async () => {
    const events = [due(0, { id: 'a' }), due(1, { id: 'b' })]
    const world = await aWorldWith(events, MINUTE_MS - 60_000)
    const claimed = due(2, { id: 'c' })
    await world.table.park([claimed])
    for (const { key } of [due(1, { id: 'b' }), due(3, { id: 'never' })])
      await world.table.conclude({ slot: SLOT, key, kind: 'cancelled', atMs: 1 })
    await world.table.conclude({ slot: SLOT, key: claimed.key, kind: 'claimed', atMs: 1 })
    expect(await stats(world)).to.deep.equal([{ slot: SLOT, minuteMs: MINUTE_MS, events: 3, pending: 2, ...ahead }])
  })

  it('count a minute that is to come without reading a key, where none of it has ended', async () => {
    const world = await aWorldWith([due(0)], MINUTE_MS - 60_000)
    const keysBetween = () => expect.fail('keys are read')
    const [line] = await stats({ ...world, table: { ...world.table, keysBetween } })
    expect(line?.events).to.equal(1)
  })

  it('account for the minute that is under way', async () => {
    const events = [due(0, { id: 'a' }), due(50_000, { id: 'b' })]
    const world = await aWorldWith(events, MINUTE_MS)
    await world.table.checkpoint(SLOT, 0, { delivered: [events[0]?.key as string], upTo: '', lateMs: [1] })
    const [line] = await stats(world)
    expect(line).to.deep.include({ events: 2, pending: 1, ...ahead })
    expect(line?.settlement).to.include({ delivered: 1 })
  })

  it('say of a settled minute what its settlement says', async () => {
    const world = await aWorldWith([due(0)], MINUTE_MS + 80_000)
    const settlement = { ...emptySettlement(), events: 1, delivered: 1, latenessMs: { p50: 1, p99: 2, max: 3 } }
    await world.table.settle(SLOT, 0, settlement)
    expect(await stats(world)).to.deep.equal([
      { slot: SLOT, minuteMs: MINUTE_MS, events: 1, pending: 0, settled: true, settlement, overdue: [] },
    ])
  })

  it('account for a minute that is over and not settled, and name what is overdue', async () => {
    const [first, second] = [due(0, { id: 'a' }), due(1, { id: 'b' })]
    const world = await aWorldWith([first, second], MINUTE_MS + OVERDUE_MS + 1_001)
    await world.table.checkpoint(SLOT, 0, { delivered: [first.key], upTo: '', lateMs: [1] })
    const [line] = await stats(world)
    expect(line).to.deep.include({ events: 2, pending: 1, settled: false, overdue: ['b'] })
    expect(line?.settlement?.delivered).to.equal(1)
  })
})
