import { expect } from 'chai'
import { segmentsOf } from '../../core/segment.ts'
import { emptySettlement } from '../../core/settlement.ts'
import { OVERDUE_MS } from '../../core/timetable.ts'
import { describe as describeLine, ledger } from '../../status/ledger.ts'
import { anEvent } from '../support/builders.ts'
import { parkAll } from '../support/parking.ts'
import { aWorld } from '../support/world.ts'

describe('the ledger of a stack', () => {
  const lines = async (world: ReturnType<typeof aWorld>, fromMs: number, toMs: number) =>
    Array.fromAsync(ledger(world.table, { fromMs, toMs, nowMs: world.clock.now() }))

  it('counts delivered, ended and pending events of each slot that holds any', async () => {
    const world = aWorld()
    const dueAtMs = world.clock.now()
    const [first, second, third] = ['one', 'two', 'three'].map((id) => anEvent({ id, dueAtMs }))
    if (!first || !second || !third) throw new Error('three events')
    await parkAll(world, [first, second, third])
    await world.table.checkpoint(first.slot, 0, { delivered: [first.key], upTo: '', lateMs: [4] })
    await world.table.conclude({ slot: second.slot, key: second.key, kind: 'cancelled', atMs: dueAtMs })
    const [line, ...others] = await lines(world, dueAtMs - 120_000, dueAtMs + 120_000)
    expect(others).to.deep.equal([])
    expect(line).to.deep.include({ slot: first.slot, settled: false, pending: 1, overdue: [] })
    expect(line?.settlement).to.deep.include({
      events: 3,
      delivered: 1,
      cancelled: 1,
      latenessMs: { p50: 4, p99: 4, max: 4 },
    })
  })

  it('calls an event overdue one millisecond after the time that settling may take', async () => {
    const world = aWorld()
    const dueAtMs = world.clock.now()
    await parkAll(world, [anEvent({ id: 'forgotten', dueAtMs })])
    await world.clock.advance(OVERDUE_MS)
    expect((await lines(world, dueAtMs, dueAtMs + 1))[0]).to.deep.include({ pending: 1, overdue: [] })
    await world.clock.advance(1)
    const [line] = await lines(world, dueAtMs, dueAtMs + 1)
    expect(line).to.deep.include({ pending: 0, overdue: ['forgotten'] })
    expect(line && describeLine(line)).to.include('OVERDUE 1: forgotten')
  })

  it('reads no event that may still be on time, and one that is overdue to be sure that it can be', async () => {
    const world = aWorld()
    const dueAtMs = world.clock.now()
    await parkAll(world, [anEvent({ id: 'late', dueAtMs }), anEvent({ id: 'soon', dueAtMs: dueAtMs + 59_999 })])
    await world.clock.advance(OVERDUE_MS + 1)
    const read: string[] = []
    const findHeads: typeof world.table.findHeads = (refs) => {
      read.push(...refs.map(({ key }) => key.split('#')[1] as string))
      return world.table.findHeads(refs)
    }
    const [line] = await lines({ ...world, table: { ...world.table, findHeads } }, dueAtMs, dueAtMs + 1)
    expect(line).to.deep.include({ pending: 1, overdue: ['late'] })
    expect(read).to.deep.equal(['late'])
  })

  it('leaves out the slots that hold nothing', async () => {
    const world = aWorld({ shards: 3 })
    const event = anEvent({ dueAtMs: world.clock.now(), shards: 3 })
    await parkAll(world, [event])
    const dueAtMs = world.clock.now()
    expect((await lines(world, dueAtMs, dueAtMs + 1)).map(({ slot }) => slot)).to.deep.equal([event.slot])
  })

  it('tells of a slot that was planned and settled, by its segments', async () => {
    const world = aWorld()
    const event = anEvent({ dueAtMs: world.clock.now() + 30_000 })
    await parkAll(world, [event])
    const { slot, key } = event
    await world.table.saveSegments(slot, segmentsOf(slot, [key]))
    await world.table.checkpoint(slot, 1, { delivered: [key], upTo: '', lateMs: [] })
    await world.table.settle(slot, 0, emptySettlement())
    const [line] = await lines(world, event.dueAtMs, event.dueAtMs + 1)
    expect(line).to.include({ settled: true, pending: 0 })
    expect(line?.settlement.delivered).to.equal(1)
  })
})

describe('a line of the ledger', () => {
  const slot = '2026-11-23T12-34Z-00'
  const line = { slot, settled: false, settlement: emptySettlement(), pending: 0, overdue: [] }

  it('says the sum in words, one for each way to end', () => {
    const counts = { events: 28, delivered: 1, cancelled: 2, expired: 3, failed: 4, retrying: 5, moved: 6 }
    const settlement = { ...emptySettlement(), ...counts }
    expect(describeLine({ ...line, settlement, pending: 5, overdue: ['a', 'b'] })).to.equal(
      `${slot}  pending  28 events = 1 delivered + 2 cancelled + 3 expired + 4 failed + 5 retrying + 6 moved + 7 pending  OVERDUE 2: a, b`,
    )
  })

  it('says how late it was, once something was delivered', () => {
    const latenessMs = { p50: 3, p99: 40, max: 500 }
    const settlement = { ...emptySettlement(), events: 9, delivered: 9, latenessMs }
    expect(describeLine({ ...line, settled: true, settlement })).to.equal(
      `${slot}  settled  9 events = 9 delivered + 0 cancelled + 0 expired + 0 failed + 0 retrying + 0 moved + 0 pending  late p50 3 ms, p99 40 ms, max 500 ms`,
    )
  })

  it('names ten events that are overdue, and says that there are more', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']
    const all = ids.join(', ')
    expect(describeLine({ ...line, overdue: ids })).to.match(new RegExp(`  OVERDUE 10: ${all}$`))
    expect(describeLine({ ...line, overdue: [...ids, 'k'] })).to.match(new RegExp(`  OVERDUE 11: ${all}, …$`))
  })
})
