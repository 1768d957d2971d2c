import { expect } from 'chai'
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
    await world.table.checkpoint(first.slot, 0, { delivered: [first.key], upTo: '', lateness: { 4: 1 } })
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
})
