import { expect } from 'chai'
import { eventKey } from '../../../core/event.ts'
import { BURST_EVENTS, MAX_SEGMENTS, type PlannedEvent, type Segment } from '../../../core/segment.ts'
import { slotAt } from '../../../core/slot.ts'
import { CLOCK_SKEW_MS, EMITTER_LEAD_MS, PLAN_LEAD_MS } from '../../../core/timetable.ts'
import { anEvent, MINUTE_MS } from '../../support/builders.ts'
import { aWorld, functionsOf, type World } from '../../support/world.ts'

const slotWith = (pages: AsyncGenerator<PlannedEvent[]>) => {
  const world = aWorld({ atMs: MINUTE_MS - PLAN_LEAD_MS })
  return { ...world, table: { ...world.table, plannedEvents: () => pages } }
}
const plan = (world: World) => world.clock.run(functionsOf(world).planner({ slot: SLOT }))
const eventsOfSecond = (second: number, count: number): PlannedEvent[] =>
  Array.from({ length: count }, (_, i) => ({ key: eventKey(MINUTE_MS + second * 1_000, `e${i}`, 1), size: 1 }))

const SLOT = slotAt(MINUTE_MS, 0)

describe('the plan of a slot that is too large to be read in time', () => {
  /** Ten seconds of the slot come within a second each, then nothing comes any more. */
  async function* hanging({ clock }: World): AsyncGenerator<PlannedEvent[]> {
    for (let second = 0; second < 10; second++) {
      await clock.sleep(1_000)
      yield eventsOfSecond(second, second === 5 ? 3 * BURST_EVENTS : 10)
    }
    await new Promise(() => {})
  }

  it('is made before emitters wake, of what has been read, and evenly of the rest', async () => {
    const world = aWorld({ atMs: MINUTE_MS - PLAN_LEAD_MS })
    const { segments } = await plan({ ...world, table: { ...world.table, plannedEvents: () => hanging(world) } })
    expect(world.clock.now()).to.be.at.most(MINUTE_MS - EMITTER_LEAD_MS - CLOCK_SKEW_MS)
    expect(segments.length).to.be.within(MAX_SEGMENTS - 1, MAX_SEGMENTS)
    expect(segments[0]).to.include({ from: '', startMs: MINUTE_MS })
    expect(segments.at(-1)).to.include({ to: '~', untilMs: MINUTE_MS + 60_000 })
    for (const [i, { from }] of segments.entries()) expect(from).to.equal(i === 0 ? '' : segments[i - 1]?.to)
    const burst = segments.filter(({ startMs }) => startMs === MINUTE_MS + 5_000)
    expect(burst).to.have.length(3)
    const rest = segments.filter(({ startMs }) => startMs > MINUTE_MS + 9_000)
    for (const { startMs, untilMs } of rest) expect(untilMs - startMs).to.be.within(1_000, 2_000)
  })

  it('is made though nothing of it could be read', async () => {
    const never = (async function* () {
      await new Promise(() => {})
      yield []
    })()
    const { segments } = await plan(slotWith(never))
    expect(segments).to.have.length(MAX_SEGMENTS - 1)
    for (const { startMs, untilMs } of segments) expect(untilMs - startMs).to.be.within(1_000, 2_000)
  })

  it('stays the same for every runner after it, and says in the log that it was not read whole', async () => {
    const world = aWorld({ atMs: MINUTE_MS - PLAN_LEAD_MS })
    const first = await plan({ ...world, table: { ...world.table, plannedEvents: () => hanging(world) } })
    const message = 'slot too large to be read in time, the rest is cut evenly'
    const readUpTo = eventsOfSecond(9, 10).at(-1)?.key
    expect(world.log.of(message)).to.deep.equal([{ level: 'warn', message, slot: SLOT, readUpTo }])
    expect(await plan(world)).to.deep.equal(first)
  })

  it('leaves no timer behind where it was read in time', async () => {
    const world = aWorld()
    await world.table.park([anEvent()])
    expect((await plan(world)).segments).to.have.length(1)
    expect(world.clock.timers()).to.equal(0)
  })
})

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
