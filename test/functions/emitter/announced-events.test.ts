import { expect } from 'chai'
import { emitAtMsOf, FIRST_KEY, keyAt, LAST_KEY, type ScheduledEvent } from '../../../core/event.ts'
import { slotAt } from '../../../core/slot.ts'
import { ANNOUNCED_MS, CLOCK_SKEW_MS, REMEMBERED_MS } from '../../../core/timetable.ts'
import { announcedEvents, MAX_LOOKED_UP } from '../../../functions/emitter/announced-events.ts'
import { anEvent, MINUTE_MS } from '../../support/builders.ts'
import { aWorld } from '../../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const soon = (afterMs: number, fields: Partial<ScheduledEvent> = {}) =>
  anEvent({ dueAtMs: MINUTE_MS + afterMs, lane: 'soon', ...fields })

/** The announced events of a segment, ten seconds into `MINUTE_MS`. */
function aSegment({ from = FIRST_KEY, to = LAST_KEY, delivered = [] as string[] } = {}) {
  const world = aWorld({ atMs: MINUTE_MS + 10_000 })
  /** The instants from which announcements were asked for. */
  const asked: number[] = []
  const announced: typeof world.table.announced = (slot, fromMs) => {
    asked.push(fromMs)
    return world.table.announced(slot, fromMs)
  }
  const where = { slot: SLOT, segment: { from, to }, delivered: new Set(delivered) }
  const { note, recorded, before } = announcedEvents({ ...world, table: { ...world.table, announced } }, where)
  return {
    world,
    asked,
    note,
    recorded,
    pagesBefore: (key: string) => Array.fromAsync(before(key)),
    idsBefore: async (key: string) => (await Array.fromAsync(before(key))).flat().map(({ id }) => id),
  }
}

describe('the announced events of a segment', () => {
  it('are those before the position of its reader: not the one at it', async () => {
    const { world, idsBefore } = aSegment()
    const [a, b] = [soon(11_000, { id: 'a' }), soon(11_001, { id: 'b' })]
    await world.table.park([a, b])
    expect(await idsBefore(b.key)).to.deep.equal(['a'])
    expect(await idsBefore(LAST_KEY)).to.deep.equal(['b'])
  })

  it('are those of its range: with its first key, without its last', async () => {
    const { world, idsBefore } = aSegment({ from: keyAt(MINUTE_MS + 11_000), to: keyAt(MINUTE_MS + 12_000) })
    await world.table.park([10_999, 11_000, 11_999, 12_000].map((ms) => soon(ms, { id: String(ms) })))
    expect(await idsBefore(LAST_KEY)).to.deep.equal(['11000', '11999'])
  })

  it('are those of its range, too, where a bound is the key of an event', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => soon(11_000, { id })) as [
      ScheduledEvent,
      ScheduledEvent,
      ScheduledEvent,
    ]
    const { world, idsBefore } = aSegment({ from: a.key, to: c.key })
    await world.table.park([a, b, c])
    expect(await idsBefore(LAST_KEY)).to.deep.equal(['a', 'b'])
  })

  it('are not looked up where there are none', async () => {
    const { world } = aSegment()
    const table = { ...world.table, lookUp: () => expect.fail('looked up') }
    const where = { slot: SLOT, segment: { from: FIRST_KEY, to: LAST_KEY }, delivered: new Set<string>() }
    expect(await Array.fromAsync(announcedEvents({ ...world, table }, where).before(LAST_KEY))).to.deep.equal([])
  })

  it('are kept in mind until they are recorded as published, however long that takes', async () => {
    const { world, note, idsBefore } = aSegment()
    const read = soon(11_000, { id: 'a' })
    await world.table.park([read])
    note([read])
    for (let i = 0; i < 3; i++) {
      await world.clock.advance(REMEMBERED_MS + 1)
      await world.table.announce([read], world.clock.now() + ANNOUNCED_MS)
      expect(await idsBefore(LAST_KEY)).to.deep.equal([])
    }
  })

  it('are kept in mind from then on while they may be announced once more, and no longer', async () => {
    for (const [afterMs, found] of [
      [REMEMBERED_MS, []],
      [REMEMBERED_MS + 1, ['a']],
    ] as const) {
      const { world, note, recorded, idsBefore } = aSegment()
      const read = soon(11_000, { id: 'a' })
      await world.table.park([read])
      note([read])
      await world.clock.advance(180_000)
      recorded([read.key])
      await world.clock.advance(afterMs)
      await idsBefore(LAST_KEY)
      await world.table.announce([read], world.clock.now() + ANNOUNCED_MS)
      expect(await idsBefore(LAST_KEY), `${afterMs} ms`).to.deep.equal(found)
    }
  })

  it('are kept in mind however long before they were written: a message that is delivered again has them announced', async () => {
    const { world, note, idsBefore } = aSegment()
    const read = soon(11_000, { id: 'a', lane: 'far', acceptedAtMs: MINUTE_MS - 3_600_000 })
    await world.table.park([read])
    note([read])
    await world.table.park([{ ...read, lane: 'near', acceptedAtMs: MINUTE_MS }])
    await world.table.announce([read], world.clock.now() + ANNOUNCED_MS)
    expect(await idsBefore(LAST_KEY)).to.deep.equal([])
  })

  it('come oldest due first, and a bounded number at a time', async () => {
    const { world, pagesBefore } = aSegment()
    const events = Array.from({ length: MAX_LOOKED_UP + 1 }, (_, i) => soon(12_000 - i, { id: String(i) }))
    await world.table.park(events)
    const pages = await pagesBefore(LAST_KEY)
    expect(pages.map(({ length }) => length)).to.deep.equal([MAX_LOOKED_UP, 1])
    expect(pages.at(-1)?.map(({ id }) => id)).to.deep.equal(['0'])
  })

  it('come once, though their announcement is seen again', async () => {
    const { world, idsBefore } = aSegment()
    await world.table.park([soon(11_000, { id: 'a' })])
    expect([await idsBefore(LAST_KEY), await idsBefore(LAST_KEY)]).to.deep.equal([['a'], []])
  })

  it('do not come when they were read in their turn, or delivered by an emitter before', async () => {
    const [read, done] = [soon(11_000), soon(11_001)]
    const { world, note, idsBefore } = aSegment({ delivered: [done.key] })
    await world.table.park([read, done])
    note([read])
    expect(await idsBefore(LAST_KEY)).to.deep.equal([])
  })

  it('do not come again half a minute after they were read in their turn, when their write was acknowledged at last', async () => {
    const read = anEvent({ dueAtMs: MINUTE_MS + 11_000, lane: 'near', acceptedAtMs: MINUTE_MS })
    const { world, note, idsBefore } = aSegment()
    await world.table.park([read])
    note([read])
    for (let ms = 0; ms < 31_000; ms += 500) {
      expect(await idsBefore(LAST_KEY)).to.deep.equal([])
      await world.clock.advance(500)
    }
    await world.table.announce([read], world.clock.now() + ANNOUNCED_MS)
    for (let ms = 0; ms < 10_000; ms += 500) {
      expect(await idsBefore(LAST_KEY)).to.deep.equal([])
      await world.clock.advance(500)
    }
  })

  it('are those of any lane of the runner that were written late', async () => {
    const late = (['far', 'near', 'soon'] as const).map((lane) => soon(9_000, { lane, id: lane }))
    const { world, idsBefore } = aSegment()
    await idsBefore(LAST_KEY)
    await world.table.park(late)
    await world.table.announce(late, world.clock.now() + ANNOUNCED_MS)
    expect(await idsBefore(LAST_KEY)).to.have.members(['far', 'near', 'soon'])
  })

  it('do not come when they have an outcome, or are the express lane’s by now', async () => {
    const [cancelled, express] = [soon(11_000), soon(11_001)]
    const { world, idsBefore } = aSegment()
    await world.table.park([cancelled, express])
    await world.table.conclude({ ...cancelled, kind: 'cancelled', atMs: world.clock.now() })
    await world.table.park([{ ...express, lane: 'express' }])
    expect(await idsBefore(LAST_KEY)).to.deep.equal([])
  })

  it('are looked for from the start at first, then from as far back as two clocks may differ', async () => {
    const { world, asked, idsBefore } = aSegment()
    await idsBefore(LAST_KEY)
    await world.clock.advance(500)
    await idsBefore(LAST_KEY)
    await idsBefore(LAST_KEY)
    expect(asked).to.deep.equal([0, MINUTE_MS + 10_000 - CLOCK_SKEW_MS, MINUTE_MS + 10_500 - CLOCK_SKEW_MS])
  })

  it('are looked for as far back when the clock was set back', async () => {
    const { world, asked, idsBefore } = aSegment()
    await idsBefore(LAST_KEY)
    world.clock.shift(-5_000)
    await idsBefore(LAST_KEY)
    await idsBefore(LAST_KEY)
    expect(asked.at(-1)).to.equal(MINUTE_MS + 5_000 - CLOCK_SKEW_MS)
  })

  it('come once when their announcement stays visible until long after they were due', async () => {
    const event = soon(11_000, { id: 'a' })
    const { world, idsBefore } = aSegment()
    await world.table.park([event])
    const found: string[] = []
    for (let ms = 0; ms < 20_000; ms += 500) {
      found.push(...(await idsBefore(LAST_KEY)))
      await world.clock.advance(500)
    }
    expect(found).to.deep.equal(['a'])
    expect(world.clock.now()).to.be.above(emitAtMsOf(event.key))
  })
})
