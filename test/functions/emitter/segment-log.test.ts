import { expect } from 'chai'
import type { Checkpoint } from '../../../core/checkpoint.ts'
import { keyAt, LAST_KEY, type ScheduledEvent } from '../../../core/event.ts'
import { type Segment, segmentsOf } from '../../../core/segment.ts'
import { slotAt } from '../../../core/slot.ts'
import { openSegmentLog, type SegmentLog } from '../../../functions/emitter/segment-log.ts'
import { anEvent, MINUTE_MS } from '../../support/builders.ts'
import { aWorldWith, type World } from '../../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
/** The second of three: it has the second from 20 s to 21 s. */
const [, SEGMENT] = segmentsOf(SLOT, [keyAt(MINUTE_MS + 20_000), keyAt(MINUTE_MS + 21_000)]) as [Segment, Segment]

const at = (afterMs: number, fields: Partial<ScheduledEvent> = {}) =>
  anEvent({ dueAtMs: MINUTE_MS + afterMs, id: `at-${afterMs}`, ...fields })

const withEvents = (...events: ScheduledEvent[]) => aWorldWith(events, MINUTE_MS)

/** A world in which emitters before have written these checkpoints of the segment, in this order. */
async function withCheckpoints(...checkpoints: Pick<Checkpoint, 'upTo' | 'doubtUntilMs'>[]): Promise<World> {
  const world = await withEvents()
  const page = checkpoints.map((one) => ({ delivered: [], lateMs: [], ...one }))
  return {
    ...world,
    table: {
      ...world.table,
      async *checkpoints() {
        yield page
      },
    },
  }
}

/** What the log reads of the events before this long after the minute: their due times, ms after it. */
async function read(log: SegmentLog, untilMs: number): Promise<number[]> {
  const found = []
  for await (const page of log.readUntil(MINUTE_MS + untilMs)) found.push(...page)
  return found.map(({ dueAtMs }) => dueAtMs - MINUTE_MS)
}

describe('the log of a segment', () => {
  it('has the events from its first key to its last, and none beside them', async () => {
    const world = await withEvents(...[19_999, 20_000, 20_999, 21_000].map((ms) => at(ms)))
    const log = await openSegmentLog(world, SLOT, SEGMENT)
    expect(await read(log, 60_000)).to.deep.equal([20_000, 20_999])
  })

  it('is read up to an instant: without the event of that very millisecond', async () => {
    const world = await withEvents(at(20_499), at(20_500), at(20_501))
    const log = await openSegmentLog(world, SLOT, SEGMENT)
    expect(await read(log, 20_500)).to.deep.equal([20_499])
    expect(await read(log, 20_501)).to.deep.equal([20_500])
    expect(await read(log, 20_502)).to.deep.equal([20_501])
  })

  it('is read once: not again when the clock was set back, nor at its end', async () => {
    const world = await withEvents(at(20_000), at(20_100))
    const log = await openSegmentLog(world, SLOT, SEGMENT)
    expect([await read(log, 20_050), await read(log, 20_010)]).to.deep.equal([[20_000], []])
    expect([await read(log, 60_000), await read(log, 60_000)]).to.deep.equal([[20_100], []])
  })

  it('has nothing before the segment begins', async () => {
    const world = await withEvents(at(19_999), at(20_000))
    const log = await openSegmentLog(world, SLOT, SEGMENT)
    expect(await read(log, 20_000)).to.deep.equal([])
    expect(log.position()).to.equal(SEGMENT.from)
  })

  it('leaves out the express lane’s events', async () => {
    const world = await withEvents(at(20_000, { lane: 'express' }), at(20_001, { lane: 'near' }))
    expect(await read(await openSegmentLog(world, SLOT, SEGMENT), 60_000)).to.deep.equal([20_001])
  })
})

describe('the position of a segment’s log', () => {
  it('moves when a reading is over, to where it ended', async () => {
    const world = await withEvents(at(20_000))
    const log = await openSegmentLog(world, SLOT, SEGMENT)
    for await (const page of log.readUntil(MINUTE_MS + 20_500)) {
      expect(page).to.have.length(1)
      expect(log.position()).to.equal(SEGMENT.from)
    }
    expect(log.position()).to.equal(keyAt(MINUTE_MS + 20_500))
    await read(log, 60_000)
    expect(log.position()).to.equal(SEGMENT.to)
  })

  it('is behind every key there can be once the last segment has been read to its end', async () => {
    const [whole] = segmentsOf(SLOT, []) as [Segment]
    const log = await openSegmentLog(await withEvents(), SLOT, whole)
    await read(log, 59_999)
    expect(log.position()).to.equal(keyAt(MINUTE_MS + 59_999))
    await read(log, 60_000)
    expect(log.position()).to.equal(LAST_KEY)
  })

  it('is not read for nothing: neither before the segment begins, nor twice up to one instant', async () => {
    const world = await withEvents()
    let reads = 0
    const eventsBetween: World['table']['eventsBetween'] = (...args) => {
      reads++
      return world.table.eventsBetween(...args)
    }
    const log = await openSegmentLog({ ...world, table: { ...world.table, eventsBetween } }, SLOT, SEGMENT)
    for (const untilMs of [19_000, 20_000, 20_500, 20_500, 60_000, 60_000]) await read(log, untilMs)
    expect(reads).to.equal(2)
  })

  it('is that of the emitter that came furthest, in whatever order they wrote', async () => {
    const [far, near] = [keyAt(MINUTE_MS + 20_800), keyAt(MINUTE_MS + 20_300)]
    const log = await openSegmentLog(await withCheckpoints({ upTo: far }, { upTo: near }), SLOT, SEGMENT)
    expect(log.position()).to.equal(far)
    const [whole] = segmentsOf(SLOT, []) as [Segment]
    const begun = await openSegmentLog(await withCheckpoints({ upTo: whole.from }), SLOT, whole)
    expect(begun.position()).to.equal(whole.from)
  })

  it('never passes the end of a segment that is cut within a millisecond', async () => {
    const [a, b] = [at(20_500, { id: 'a' }), at(20_500, { id: 'b' })]
    const [first] = segmentsOf(SLOT, [b.key]) as [Segment]
    const log = await openSegmentLog(await withEvents(a, b), SLOT, first)
    expect(await read(log, 20_500)).to.deep.equal([])
    expect(await read(log, 20_501)).to.deep.equal([20_500])
    expect(log.position()).to.equal(b.key)
  })

  it('is behind what may stand in a checkpoint that cannot be read, and so is what is announced', async () => {
    const world = await withCheckpoints({ upTo: '', doubtUntilMs: MINUTE_MS + 20_400 })
    const log = await openSegmentLog(world, SLOT, SEGMENT)
    expect(log.position()).to.equal(keyAt(MINUTE_MS + 20_401))
    await world.table.park([20_400, 20_401].map((ms) => at(ms, { lane: 'soon' })))
    await read(log, 60_000)
    const late = [at(20_400, { id: 'in-doubt', lane: 'soon' }), at(20_401, { id: 'free', lane: 'soon' })]
    await world.table.park(late)
    expect((await Array.fromAsync(log.announced())).flat().map(({ id }) => id)).to.deep.equal(['free'])
  })

  it('does not move when a reading is broken off', async () => {
    const world = await withEvents(at(20_000))
    const log = await openSegmentLog(world, SLOT, SEGMENT)
    for await (const _ of log.readUntil(MINUTE_MS + 20_500)) break
    expect(log.position()).to.equal(SEGMENT.from)
    expect(await read(log, 20_500)).to.deep.equal([20_000])
  })

  it('is where the last emitter left off, and what that one delivered does not come again', async () => {
    const events = [20_000, 20_100, 20_200].map((ms) => at(ms)) as [ScheduledEvent, ScheduledEvent, ScheduledEvent]
    const world = await withEvents(...events)
    const [first, second, third] = events
    await world.table.checkpoint(SLOT, SEGMENT.index, { delivered: [first.key], upTo: second.key, lateMs: [] })
    await world.table.checkpoint(SLOT, SEGMENT.index, { delivered: [third.key], upTo: first.key, lateMs: [] })
    const log = await openSegmentLog(world, SLOT, SEGMENT)
    expect(log.position()).to.equal(second.key)
    expect(await read(log, 60_000)).to.deep.equal([20_100])
  })

  it('is not changed by the checkpoints of other writers', async () => {
    const world = await withEvents(at(20_000))
    await world.table.checkpoint(SLOT, SEGMENT.index + 1, { delivered: [at(20_000).key], upTo: '~', lateMs: [] })
    expect(await read(await openSegmentLog(world, SLOT, SEGMENT), 60_000)).to.deep.equal([20_000])
  })
})

describe('what a segment’s log finds besides', () => {
  it('is what was announced where it has been read already', async () => {
    const world = await withEvents()
    const log = await openSegmentLog(world, SLOT, SEGMENT)
    await read(log, 20_500)
    await world.table.park([at(20_499, { lane: 'soon' }), at(20_500, { lane: 'soon' })])
    expect((await Array.fromAsync(log.announced())).flat().map(({ id }) => id)).to.deep.equal(['at-20499'])
    expect(await read(log, 60_000)).to.deep.equal([20_500])
    expect((await Array.fromAsync(log.announced())).flat()).to.deep.equal([])
  })

  it('is the keys that have an outcome, the first and the last included', async () => {
    const events = [20_000, 20_001, 20_002, 20_003].map((ms) => at(ms)) as [ScheduledEvent, ...ScheduledEvent[]]
    const world = await withEvents(...events)
    for (const event of events) await world.table.conclude({ ...event, kind: 'cancelled', atMs: MINUTE_MS })
    const log = await openSegmentLog(world, SLOT, SEGMENT)
    const found = []
    for await (const keys of log.outcomeKeys(events[0].key, events[2]?.key ?? '')) found.push(...keys)
    expect(found).to.deep.equal(events.slice(0, 3).map(({ key }) => key))
  })
})
