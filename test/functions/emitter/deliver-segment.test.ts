import { expect } from 'chai'
import { eventKey, keyAt, type ScheduledEvent } from '../../../core/event.ts'
import { createCutter, type Segment, segmentsOf } from '../../../core/segment.ts'
import { slotAt } from '../../../core/slot.ts'
import { ANNOUNCED_MS, POLL_MS } from '../../../core/timetable.ts'
import { emptyTally } from '../../../functions/delivery/fate.ts'
import { dyingAt, FAULTS, failingAt, freezing } from '../../support/breaking.ts'
import { due, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { aWorldWith, stepsOf, type World } from '../../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const [WHOLE] = segmentsOf(SLOT, []) as [Segment]
/** When the emitter of the first segment starts. */
const START_MS = MINUTE_MS - 4_000

const emit = (world: World, segment: Segment = WHOLE) => world.clock.run(stepsOf(world).deliverSegment(SLOT, segment))
const received = (world: World) => world.topics.received(topicArn())
const ids = (world: World) => received(world).map(({ id }) => id)

const withEvents = (...events: ScheduledEvent[]) => aWorldWith(events, START_MS)

describe('a segment', () => {
  it('has every event published in its millisecond, from the first of the minute to the last', async () => {
    const times = [0, 1, 999, 1_000, 30_000, 30_000, 59_998, 59_999]
    const world = await withEvents(...times.map((ms) => due(ms)))
    const tally = await emit(world)
    expect(received(world).map(({ sentAtMs }) => sentAtMs - MINUTE_MS)).to.deep.equal(times)
    expect(tally).to.deep.equal({ ...emptyTally(), delivered: 8 })
  })

  it('is watched until no clock shows it any more though it is empty, and no longer', async () => {
    const world = await withEvents()
    await emit(world)
    expect(world.clock.now()).to.be.within(MINUTE_MS + 62_000, MINUTE_MS + 63_000)
    expect(world.clock.timers()).to.equal(0)
  })

  it('has a near event delivered that is parked while it runs', async () => {
    const world = await withEvents(due(1_000))
    const work = stepsOf(world).deliverSegment(SLOT, WHOLE)
    await world.clock.advanceTo(MINUTE_MS + 10_000)
    const late = due(14_000, { lane: 'near' })
    await world.table.park([late])
    await world.clock.run(work)
    expect(received(world).map(({ sentAtMs }) => sentAtMs - MINUTE_MS)).to.deep.equal([1_000, 14_000])
  })

  it('lets go of what it holds when the table fails, and fails at once', async () => {
    const event = due(1_500)
    const world = await withEvents(event)
    await world.clock.advanceTo(MINUTE_MS)
    let looks = 0
    const announced: World['table']['announced'] = (...args) => {
      if (++looks === 2) throw new Error('gone')
      return world.table.announced(...args)
    }
    const failing = { ...world, table: { ...world.table, announced } }
    const work = stepsOf(failing).deliverSegment(SLOT, WHOLE)
    expect(await world.clock.run(work.catch(String))).to.equal('Error: gone')
    expect(world.clock.now()).to.be.below(MINUTE_MS + 1_500)
    await world.clock.advance(60_000)
    expect(ids(world)).to.deep.equal([])
  })

  it('publishes nothing, however overdue, before it is sure that it is still its own', async () => {
    const world = await withEvents(due(0))
    await world.clock.advanceTo(MINUTE_MS + 5_000)
    const eventsBetween: World['table']['eventsBetween'] = async function* (...args) {
      await world.table.takeSegment(SLOT, 0)
      yield* world.table.eventsBetween(...args)
    }
    await emit({ ...world, table: { ...world.table, eventsBetween } })
    expect(ids(world)).to.deep.equal([])
  })

  it('leaves the events of the express lane alone', async () => {
    const world = await withEvents(due(1_000, { lane: 'express' }), due(2_000, { id: 'a' }))
    await emit(world)
    expect(ids(world)).to.deep.equal(['a'])
  })

  for (const kind of ['cancelled', 'failed', 'expired', 'retrying', 'moved', 'claimed'] as const)
    it(`leaves an event alone that is ${kind}`, async () => {
      const event = due(1_000)
      const world = await withEvents(event, due(1_000, { id: 'a' }))
      await world.table.conclude({ ...event, kind, atMs: START_MS })
      await emit(world)
      expect(ids(world)).to.deep.equal(['a'])
    })

  it('honours a cancel that is written down more than two seconds before the event is due', async () => {
    for (let aheadMs = 2_000; aheadMs < 3_100; aheadMs += 50) {
      const event = due(10_000)
      const world = await withEvents(event)
      const work = stepsOf(world).deliverSegment(SLOT, WHOLE)
      await world.clock.advanceTo(event.dueAtMs - aheadMs)
      await world.table.concludeFirst({ ...event, kind: 'cancelled', atMs: world.clock.now() })
      await world.clock.run(work)
      expect(ids(world), `cancelled ${aheadMs} ms ahead`).to.deep.equal([])
    }
  })

  it('honours a cancel that is written down after the event was read, until its last half second', async () => {
    for (let aheadMs = 501; aheadMs < 2_000; aheadMs += 50) {
      const event = due(10_000)
      const world = await withEvents(event)
      const work = stepsOf(world).deliverSegment(SLOT, WHOLE)
      await world.clock.advanceTo(event.dueAtMs - aheadMs)
      await world.table.concludeFirst({ ...event, kind: 'cancelled', atMs: world.clock.now() })
      await world.clock.run(work)
      expect(ids(world), `cancelled ${aheadMs} ms ahead`).to.deep.equal([])
    }
  })

  it('is delivered late but whole when its emitter starts late', async () => {
    const world = await withEvents(...Array.from({ length: 50 }, (_, i) => due(i * 1_000)))
    await world.clock.advanceTo(MINUTE_MS + 40_500)
    await emit(world)
    expect(received(world)).to.have.length(50)
    for (const { sentAtMs, dueAtMs } of received(world))
      expect(sentAtMs).to.be.within(dueAtMs, Math.max(dueAtMs, MINUTE_MS + 41_600))
  })

  it('has no event delivered twice or early when the clock is set back while it runs', async () => {
    for (const backMs of [500, 2_500, 5_000, 20_000]) {
      const world = await withEvents(...Array.from({ length: 100 }, (_, i) => due(i * 500)))
      const work = stepsOf(world).deliverSegment(SLOT, WHOLE)
      await world.clock.advanceTo(MINUTE_MS + 20_250)
      world.clock.shift(-backMs)
      await world.clock.run(work)
      expect(ids(world).length, `${backMs} ms back`).to.equal(100)
      expect(new Set(ids(world)).size).to.equal(100)
      for (const { sentAtMs, dueAtMs } of received(world).slice(41)) expect(sentAtMs).to.be.at.least(dueAtMs)
    }
  })

  it('has every event delivered when the clock is set forward while it runs', async () => {
    const world = await withEvents(...Array.from({ length: 100 }, (_, i) => due(i * 500)))
    const work = stepsOf(world).deliverSegment(SLOT, WHOLE)
    await world.clock.advanceTo(MINUTE_MS + 20_250)
    world.clock.shift(7_000)
    await world.clock.run(work)
    expect(new Set(ids(world)).size).to.equal(100)
    expect(ids(world)).to.have.length(100)
  })

  it('holds back what it reads while more is in memory than it may', async () => {
    const payload = 'x'.repeat(250_000)
    const world = await withEvents(...Array.from({ length: 200 }, (_, i) => due(10_000 + i, { payload })))
    await emit(world)
    expect(new Set(ids(world)).size).to.equal(200)
  })
})

describe('an emitter that is started again', () => {
  it('goes on where the last one left off: at its checkpoint', async () => {
    const events = Array.from({ length: 20 }, (_, i) => due(i * 1_000))
    const world = await withEvents(...events)
    const delivered = events.slice(0, 10).map(({ key }) => key)
    await world.table.checkpoint(SLOT, 0, { delivered, upTo: events[10]?.key ?? '', lateMs: [] })
    await emit(world)
    expect(ids(world)).to.deep.equal(events.slice(10).map(({ id }) => id))
  })

  it('delivers what lay open below an event that was delivered', async () => {
    const [open, delivered] = [due(1_000), due(2_000)]
    const world = await withEvents(open, delivered)
    await world.table.checkpoint(SLOT, 0, { delivered: [delivered.key], upTo: open.key, lateMs: [] })
    await emit(world)
    expect(ids(world)).to.deep.equal([open.id])
  })

  it('takes the highest of all checkpoints, in whatever order they were written', async () => {
    const [a, b] = [due(1_000), due(2_000)]
    const world = await withEvents(a, b)
    await world.table.checkpoint(SLOT, 0, { delivered: [], upTo: b.key, lateMs: [] })
    await world.table.checkpoint(SLOT, 0, { delivered: [], upTo: a.key, lateMs: [] })
    await emit(world)
    expect(ids(world)).to.deep.equal([b.id])
  })

  it('does not heed the checkpoints of other segments', async () => {
    const event = due(1_000)
    const world = await withEvents(event)
    await world.table.checkpoint(SLOT, 1, { delivered: [], upTo: '~', lateMs: [] })
    await emit(world)
    expect(ids(world)).to.deep.equal([event.id])
  })

  it('loses nothing wherever the last one was killed, and doubles at most its last second', async () => {
    let last = Number.POSITIVE_INFINITY
    for (let at = 1; at < last; at += 5) {
      const world = await withEvents(...Array.from({ length: 40 }, (_, i) => due(i * 250)))
      const mortal = dyingAt(world, at)
      const died = await world.clock.run(
        Promise.race([stepsOf(mortal).deliverSegment(SLOT, WHOLE), mortal.died.then(() => 'died')]),
      )
      if (died !== 'died') last = at
      const diedAtMs = world.clock.now()
      await world.clock.advance(700)
      await emit(world)
      const seen = ids(world)
      expect(new Set(seen).size, `killed at call ${at}`).to.equal(40)
      const twice = received(world).filter(({ id }, i) => seen.indexOf(id) < i)
      for (const { dueAtMs } of twice) expect(dueAtMs).to.be.at.least(diedAtMs - 1_100)
    }
    expect(last).to.be.above(100).and.below(10_000)
  })

  for (const fault of FAULTS)
    it(`loses nothing when a call of the last one ${fault}, whichever it was`, async () => {
      let calls = Number.POSITIVE_INFINITY
      for (let at = 1; at <= calls; at += 7) {
        const world = await withEvents(...Array.from({ length: 20 }, (_, i) => due(i * 250)))
        const failing = failingAt(world, at, fault)
        const failed = await world.clock.run(stepsOf(failing).deliverSegment(SLOT, WHOLE)).catch(() => 'failed')
        if (failed === 'failed') await emit(world)
        calls = failing.calls() < at ? at : calls
        expect(new Set(ids(world)).size, `call ${at}`).to.equal(20)
        expect(ids(world).length, `call ${at}`).to.equal(20)
      }
      expect(calls).to.be.above(100).and.below(10_000)
    })
})

describe('an emitter that was taken for dead', () => {
  const events = () => Array.from({ length: 600 }, (_, i) => due(i * 100))
  const doubled = (world: World) => ids(world).length - new Set(ids(world)).size

  it('stops for its successor, and nothing goes out twice', async () => {
    for (const afterMs of [-4_000, -3_000, 0, 10_000, 10_130, 10_370, 59_990]) {
      const world = await withEvents(...events())
      const first = stepsOf(world).deliverSegment(SLOT, WHOLE)
      await world.clock.advanceTo(MINUTE_MS + afterMs)
      const tallies = await world.clock.run(Promise.all([first, stepsOf(world).deliverSegment(SLOT, WHOLE)]))
      expect([new Set(ids(world)).size, doubled(world)], `${afterMs} ms into the minute`).to.deep.equal([600, 0])
      expect(tallies[0].delivered + tallies[1].delivered).to.equal(600)
      for (const { sentAtMs, dueAtMs } of received(world)) expect(sentAtMs - dueAtMs).to.be.within(0, 4_000)
    }
  })

  it('stops for its successor while a target is so slow that most events wait in its queue', async () => {
    const world = await withEvents(...Array.from({ length: 3_000 }, (_, i) => due(i * 2)))
    world.topics.slow(topicArn(), 900)
    const first = stepsOf(world).deliverSegment(SLOT, WHOLE)
    await world.clock.advanceTo(MINUTE_MS + 4_000)
    await world.clock.run(Promise.all([first, stepsOf(world).deliverSegment(SLOT, WHOLE)]))
    expect([new Set(ids(world)).size, doubled(world)]).to.deep.equal([3_000, 0])
  })

  it('tells why it ends, and does not end as an error', async () => {
    const world = await withEvents(...events())
    const first = stepsOf(world).deliverSegment(SLOT, WHOLE)
    await world.clock.advanceTo(MINUTE_MS)
    await world.clock.run(Promise.all([first, stepsOf(world).deliverSegment(SLOT, WHOLE)]))
    expect(world.log.of('superseded')).to.deep.equal([
      { level: 'info', message: 'superseded', slot: SLOT, segment: 0, incarnation: 1 },
    ])
  })

  it('publishes nothing more when it stood still for seconds and goes on, and its last checkpoint still counts', async () => {
    for (const stillMs of [1_100, 5_000, 20_000]) {
      const world = await withEvents(...events())
      const frozen = freezing(world)
      const first = stepsOf(frozen).deliverSegment(SLOT, WHOLE)
      await world.clock.advanceTo(MINUTE_MS + 10_250)
      frozen.freeze()
      const second = stepsOf(world).deliverSegment(SLOT, WHOLE)
      await world.clock.advance(stillMs)
      frozen.thaw()
      await world.clock.run(Promise.all([first, second]))
      expect(new Set(ids(world)).size, `stood still for ${stillMs} ms`).to.equal(600)
      // What it had published since its last checkpoint, or was publishing, when it stood still.
      expect(doubled(world), `stood still for ${stillMs} ms`).to.be.at.most(13)
    }
  })

  it('does not lose what a target did not take from it in time', async () => {
    const world = await withEvents(...Array.from({ length: 50 }, (_, i) => due(10_000 + i)))
    world.topics.throttle(topicArn(), 30)
    const first = stepsOf(world).deliverSegment(SLOT, WHOLE)
    await world.clock.advanceTo(MINUTE_MS + 10_200)
    await world.clock.run(Promise.all([first, stepsOf(world).deliverSegment(SLOT, WHOLE)]))
    expect([new Set(ids(world)).size, doubled(world)]).to.deep.equal([50, 0])
  })
})

describe('the segments of a burst', () => {
  it('deliver every event once, though they run side by side', async () => {
    const world = await withEvents()
    const events = Array.from({ length: 300 }, (_, i) => due(10_000 + (i % 3), { id: `e-${i}` }))
    await world.table.park([...events, due(9_999), due(11_000)])
    const cutter = createCutter({ burst: 40 })
    for await (const page of world.table.plannedEvents(SLOT)) for (const event of page) cutter.add(event)
    const segments = segmentsOf(SLOT, cutter.cuts())
    expect(segments.length).to.be.above(7)
    const work = segments.map((segment) => stepsOf(world).deliverSegment(SLOT, segment))
    const tallies = await world.clock.run(Promise.all(work))
    expect(ids(world)).to.have.length(302)
    expect(new Set(ids(world)).size).to.equal(302)
    expect(tallies.reduce((sum, { delivered }) => sum + delivered, 0)).to.equal(302)
    for (const { sentAtMs, dueAtMs } of received(world)) expect(sentAtMs).to.equal(dueAtMs)
  })

  it('find a late arrival in the one whose range has its key', async () => {
    const cuts = [keyAt(MINUTE_MS + 20_000), keyAt(MINUTE_MS + 21_000)]
    const segments = segmentsOf(SLOT, cuts)
    const world = await withEvents()
    const work = segments.map((segment) => stepsOf(world).deliverSegment(SLOT, segment))
    await world.clock.advanceTo(MINUTE_MS + 14_000)
    await world.table.park([due(20_000, { id: 'a', lane: 'near' }), due(20_999, { id: 'b', lane: 'near' })])
    await world.clock.run(Promise.all(work))
    expect(ids(world)).to.deep.equal(['a', 'b'])
    expect(received(world).map(({ sentAtMs }) => sentAtMs - MINUTE_MS)).to.deep.equal([20_000, 20_999])
  })
})

describe('an announced event', () => {
  /** Parks events while the emitter is at work, each the given time before it is due. */
  const announce = async (aheadMs: number, ...events: ScheduledEvent[]) => {
    const world = await withEvents(due(20_000, { id: 'in its turn' }))
    const work = stepsOf(world).deliverSegment(SLOT, WHOLE)
    for (const event of events) {
      await world.clock.advanceTo(event.dueAtMs - aheadMs)
      await world.table.park([event])
    }
    return { world, work }
  }
  const soon = (afterMs: number, fields: Partial<ScheduledEvent> = {}) => due(afterMs, { lane: 'soon', ...fields })
  const lateness = (world: World) => received(world).map(({ sentAtMs, dueAtMs }) => sentAtMs - dueAtMs)

  it('goes out in its millisecond though its emitter has read past it', async () => {
    for (let aheadMs = 750; aheadMs < 5_000; aheadMs += 250) {
      const { world, work } = await announce(aheadMs, soon(10_100), soon(19_900), soon(40_000))
      await world.clock.run(work)
      expect(received(world), `${aheadMs} ms ahead`).to.have.length(4)
      expect(lateness(world), `${aheadMs} ms ahead`).to.deep.equal([0, 0, 0, 0])
    }
  })

  it('goes out late when its emitter’s clock is two seconds ahead', async () => {
    const { world, work } = await announce(-1_250, soon(10_100), soon(59_999))
    await world.clock.run(work)
    expect(received(world)).to.have.length(3)
    for (const ms of lateness(world)) expect(ms).to.be.within(0, 1_800)
  })

  it('goes out once though it is announced long after it could be seen', async () => {
    const event = soon(10_000)
    const { world, work } = await announce(3_000, event)
    await world.clock.advanceTo(event.dueAtMs + 500)
    await world.table.park([event])
    await world.clock.run(work)
    expect(ids(world)).to.deep.equal([event.id, 'in its turn'])
  })

  it('goes out once though its emitter stood still for minutes with it, and it is announced before that is on record', async () => {
    const event = due(10_000)
    // It keeps the emitter at work.
    const slow = due(10_001, { target: topicArn('slow') })
    const world = await withEvents(event, slow)
    world.topics.slow(slow.target, 5_000)
    const frozen = freezing(world)
    const work = stepsOf(frozen).deliverSegment(SLOT, WHOLE)
    await world.clock.advanceTo(MINUTE_MS + 9_250)
    frozen.freeze()
    await world.clock.advance(180_000)
    frozen.thaw()
    while (ids(world).length === 0) await world.clock.advance(POLL_MS / 5)
    await world.table.announce([event], world.clock.now() + ANNOUNCED_MS)
    await world.clock.run(work)
    expect(ids(world)).to.deep.equal([event.id])
  })

  it('is left to the emitter of its segment', async () => {
    const world = await withEvents()
    const cut = keyAt(MINUTE_MS + 20_000)
    const work = segmentsOf(SLOT, [cut]).map((segment) => stepsOf(world).deliverSegment(SLOT, segment))
    await world.clock.advanceTo(MINUTE_MS + 18_500)
    await world.table.park([soon(19_999), soon(20_000)])
    await world.clock.run(Promise.all(work))
    expect(lateness(world)).to.deep.equal([0, 0])
  })

  it('is left alone when it was cancelled before, or after it was found', async () => {
    const [before, after] = [soon(10_000), soon(10_000)]
    const { world, work } = await announce(1_500, before)
    await world.table.conclude({ ...before, kind: 'cancelled', atMs: world.clock.now() })
    await world.table.park([after])
    await world.clock.advance(700)
    await world.table.conclude({ ...after, kind: 'cancelled', atMs: world.clock.now() })
    await world.clock.run(work)
    expect(ids(world)).to.deep.equal(['in its turn'])
  })

  it('is left to the express lane when that has it by now', async () => {
    const event = soon(10_000)
    const { world, work } = await announce(1_500, event)
    await world.table.park([{ ...event, lane: 'express' }])
    await world.clock.run(work)
    expect(ids(world)).to.deep.equal(['in its turn'])
  })

  it('is found by the emitter that starts after another was killed', async () => {
    const event = soon(10_000)
    const world = await withEvents(due(20_000))
    const first = dyingAt(world, 40)
    void stepsOf(first).deliverSegment(SLOT, WHOLE)
    await world.clock.run(first.died)
    expect(world.clock.now()).to.be.below(event.dueAtMs - 1_500)
    await world.clock.advanceTo(event.dueAtMs - 1_500)
    await world.table.park([event])
    await world.clock.advanceTo(event.dueAtMs + 9_000)
    await emit(world)
    expect(ids(world)).to.include(event.id).and.to.have.length(2)
  })
})

describe('an event whose write took long', () => {
  it('is delivered once, by its emitter, within a poll of its being announced, whenever that is', async () => {
    for (let aheadMs = -30_000; aheadMs <= 4_500; aheadMs += 370) {
      const event = due(20_000, { lane: 'near', acceptedAtMs: MINUTE_MS + 14_000 })
      const world = await withEvents(due(19_000, { id: 'before' }))
      const work = stepsOf(world).deliverSegment(SLOT, WHOLE)
      await world.clock.advanceTo(event.dueAtMs - aheadMs)
      await world.table.park([event])
      await stepsOf(world).dispatch([event])
      const writtenAtMs = world.clock.now()
      await world.clock.run(work)
      expect(ids(world), `written ${aheadMs} ms ahead`).to.deep.equal(['before', event.id])
      const [, { sentAtMs = 0 } = {}] = received(world)
      expect(sentAtMs).to.be.within(event.dueAtMs, Math.max(event.dueAtMs, writtenAtMs + POLL_MS))
      expect(world.express.keys()).to.deep.equal([])
    }
  })

  it('is delivered once though it could be read before its write was acknowledged', async () => {
    for (const acknowledgedMs of [0, 3_000, 28_000]) {
      const event = due(20_000, { lane: 'near', acceptedAtMs: MINUTE_MS + 14_000 })
      const world = await withEvents()
      const work = stepsOf(world).deliverSegment(SLOT, WHOLE)
      await world.clock.advanceTo(event.dueAtMs - 5_000)
      await world.table.park([event])
      await world.clock.advanceTo(event.dueAtMs + acknowledgedMs)
      await stepsOf(world).dispatch([event])
      await world.clock.run(work)
      expect(ids(world), `acknowledged ${acknowledgedMs} ms after it was due`).to.deep.equal([event.id])
    }
  })

  it('is delivered once by an emitter that takes over from one that has delivered it', async () => {
    const event = due(20_000, { lane: 'near', acceptedAtMs: MINUTE_MS + 14_000 })
    const world = await withEvents()
    const first = stepsOf(world).deliverSegment(SLOT, WHOLE)
    await world.clock.advanceTo(event.dueAtMs + 200)
    await world.table.park([event])
    await stepsOf(world).dispatch([event])
    await world.clock.advance(2_000)
    await world.clock.run(Promise.all([first, stepsOf(world).deliverSegment(SLOT, WHOLE)]))
    expect(ids(world)).to.deep.equal([event.id])
  })

  it('is delivered within a poll after its minute, too, while a slow target keeps its emitter', async () => {
    const world = await withEvents(...Array.from({ length: 1_000 }, () => due(59_000, { target: topicArn('slow') })))
    world.topics.slow(topicArn('slow'), 5_000)
    const work = stepsOf(world).deliverSegment(SLOT, WHOLE)
    await world.clock.advanceTo(MINUTE_MS + 75_000)
    const event = due(59_500, { lane: 'near' })
    await world.table.park([event])
    await stepsOf(world).dispatch([event])
    await world.clock.advance(POLL_MS)
    expect(ids(world)).to.deep.equal([event.id])
    await world.clock.run(work)
    expect(ids(world)).to.deep.equal([event.id])
  })

  it('is the settler’s when the emitter of its segment has ended', async () => {
    const segments = segmentsOf(SLOT, [keyAt(MINUTE_MS + 21_000)])
    const world = await withEvents()
    await world.table.saveSegments(SLOT, segments)
    const work = segments.map((segment) => stepsOf(world).deliverSegment(SLOT, segment))
    await world.clock.advanceTo(MINUTE_MS + 30_000)
    const event = due(20_000, { lane: 'near' })
    await world.table.park([event])
    await stepsOf(world).dispatch([event])
    await world.clock.run(Promise.all(work))
    expect(ids(world)).to.deep.equal([])
    await drain(world)
    expect(ids(world)).to.deep.equal([event.id])
  })
})

describe('an event whose target is unavailable', () => {
  it('is parked again in a later slot, which is opened, and its outcome points there', async () => {
    const event = due(50_000)
    const world = await withEvents(event)
    world.topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    expect(await emit(world)).to.include({ retrying: 1, delivered: 0 })
    const [outcome] = world.table.outcomesIn(SLOT)
    expect(outcome).to.include({ kind: 'retrying', attempts: 1, key: event.key })
    const [next] = await world.table.find([outcome?.next ?? event])
    expect(next).to.include({ id: event.id, attempt: 2, dueAtMs: event.dueAtMs })
    const afterMs = (next?.emitAtMs ?? 0) - MINUTE_MS
    expect(afterMs).to.be.within(50_000 + 1_575 + 22_500, 50_000 + 2_625 + 37_500)
    expect(world.runners.names()).to.include(next?.slot)
  })

  it('is given up after its last attempt, with a notice to its failure topic that can be published again', async () => {
    const failureTopic = topicArn('my-failures')
    const event = due(1_000, { attempt: 10, failureTopic, key: eventKey(MINUTE_MS + 1_000, 'a', 10), id: 'a' })
    const world = await withEvents(event)
    world.topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    expect(await emit(world)).to.include({ failed: 1 })
    const [notice] = world.topics.notices(failureTopic)
    expect(notice).to.have.property('code', 'TARGET_UNAVAILABLE')
    expect(notice?.error).to.match(/10 attempts/)
    expect(notice?.event).to.include({ id: 'a', payload: event.payload, failure_topic: failureTopic })
    expect(world.table.outcomesIn(SLOT)[0]).to.include({ kind: 'failed', attempts: 10 })
  })

  it('expires when its latest time is before the next attempt', async () => {
    const event = due(1_000, { latest: '2026-11-23T12:34:05Z', latestAtMs: MINUTE_MS + 5_000 })
    const world = await withEvents(event)
    world.topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    expect(await emit(world)).to.include({ expired: 1 })
    expect(world.topics.notices(world.failureTopicArn)[0]).to.have.property('code', 'EXPIRED')
    expect(world.table.outcomesIn(SLOT)[0]).to.have.property('kind', 'expired')
  })

  it('is tried again by the same emitter when its next attempt is in the same minute', async () => {
    const world = await withEvents(due(1_000, { id: 'a' }))
    world.topics.throttle(topicArn(), 4)
    expect(await emit(world)).to.include({ retrying: 1, delivered: 1 })
    expect(received(world).map(({ attributes }) => attributes.attempt)).to.deep.equal(['2'])
  })

  for (const code of ['TARGET_NOT_FOUND', 'TARGET_DENIED', 'TARGET_REFUSED'] as const)
    it(`is given up at once for ${code}`, async () => {
      const world = await withEvents(due(1_000))
      world.topics.fail(topicArn(), code)
      expect(await emit(world)).to.include({ failed: 1, retrying: 0 })
      expect(world.topics.notices(world.failureTopicArn)[0]).to.have.property('code', code)
      expect(world.table.outcomesIn(SLOT)[0]).to.have.property('kind', 'failed')
    })
})
