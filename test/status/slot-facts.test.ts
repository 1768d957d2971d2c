import { expect } from 'chai'
import { keyAt, LAST_KEY } from '../../core/event.ts'
import { segmentsOf } from '../../core/segment.ts'
import { emptySettlement } from '../../core/settlement.ts'
import { slotAt } from '../../core/slot.ts'
import { GRACE_MS, PLAN_LEAD_MS, SWEEP_AHEAD_MS } from '../../core/timetable.ts'
import { slotFacts } from '../../status/slot-facts.ts'
import { due, MINUTE_MS } from '../support/builders.ts'
import { aWorldWith } from '../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const SEGMENTS = segmentsOf(SLOT, [keyAt(MINUTE_MS + 30_000)])
const events = [due(0, { id: 'a' }), due(40_000, { id: 'b' })] as const

describe('a slot in detail', () => {
  it('tells where its runner stands: by the timetable, until it is planned', async () => {
    const { table } = await aWorldWith(events, MINUTE_MS - 600_000)
    const stateAt = async (afterMs: number) => (await slotFacts(table, SLOT, MINUTE_MS + afterMs)).state
    expect(await stateAt(-SWEEP_AHEAD_MS - 1)).to.equal('ahead')
    expect(await stateAt(-SWEEP_AHEAD_MS)).to.equal('WaitForSlot')
    expect(await stateAt(-PLAN_LEAD_MS - 1)).to.equal('WaitForSlot')
    expect(await stateAt(-PLAN_LEAD_MS)).to.equal('Plan')
    expect(await stateAt(90_000)).to.equal('Plan')
  })

  it('tells where its runner stands: by what is written, once it is planned', async () => {
    const { table } = await aWorldWith(events, MINUTE_MS - 10_000)
    await table.saveSegments(SLOT, SEGMENTS)
    const stateAt = async (afterMs: number) => (await slotFacts(table, SLOT, MINUTE_MS + afterMs)).state
    expect(await stateAt(-10_000)).to.equal('Deliver')
    expect(await stateAt(59_999)).to.equal('Deliver')
    expect(await stateAt(60_000)).to.equal('WaitToSettle')
    expect(await stateAt(60_000 + GRACE_MS)).to.equal('Settle')
    await table.settle(SLOT, 0, { ...emptySettlement(), events: 2, delivered: 2 })
    const settled = await slotFacts(table, SLOT, MINUTE_MS + 80_000)
    expect(settled).to.include({ state: 'Done', settled: true, settledAtMs: MINUTE_MS - 10_000 })
  })

  it('tells of each segment who has taken it, what was published and how late, and how far it has come', async () => {
    const { table } = await aWorldWith(events, MINUTE_MS + 2_000)
    await table.saveSegments(SLOT, SEGMENTS)
    await table.takeSegment(SLOT, 0)
    await table.takeSegment(SLOT, 0)
    await table.checkpoint(SLOT, 0, { delivered: [events[0].key], upTo: keyAt(MINUTE_MS + 1_000), lateMs: [7] })
    await table.checkpoint(SLOT, 0, { delivered: [], upTo: LAST_KEY, lateMs: [] })
    const { segments, express } = await slotFacts(table, SLOT, MINUTE_MS + 2_000)
    expect(segments).to.deep.equal([
      {
        index: 0,
        startMs: MINUTE_MS,
        untilMs: MINUTE_MS + 30_000,
        emitters: 2,
        delivered: 1,
        checkpoints: 2,
        latenessMs: { p50: 7, p99: 7, max: 7 },
        upToMs: MINUTE_MS + 30_000,
      },
      {
        index: 1,
        startMs: MINUTE_MS + 30_000,
        untilMs: MINUTE_MS + 60_000,
        emitters: 0,
        delivered: 0,
        checkpoints: 0,
        latenessMs: undefined,
        upToMs: undefined,
      },
    ])
    expect(express).to.deep.equal({ delivered: 0, checkpoints: 0, latenessMs: undefined })
  })

  it('tells what express and the settler have delivered, and which runner is its last', async () => {
    const { table } = await aWorldWith(events, MINUTE_MS + 80_000)
    await table.checkpoint(SLOT, 'express', { delivered: [events[0].key], upTo: '', lateMs: [1] })
    await table.checkpoint(SLOT, 'settle', { delivered: [events[1].key], upTo: '', lateMs: [40_000] })
    await table.saveRun(SLOT, 2)
    expect(await slotFacts(table, SLOT, MINUTE_MS + 80_000)).to.deep.include({
      express: { delivered: 1, checkpoints: 1, latenessMs: { p50: 1, p99: 1, max: 1 } },
      settler: { delivered: 1, checkpoints: 1, latenessMs: { p50: 40_000, p99: 40_000, max: 40_000 } },
      runner: `${SLOT}-2`,
      runs: 2,
      pending: 0,
    })
  })
})
