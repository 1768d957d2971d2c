import { expect } from 'chai'
import type { ScheduledEvent } from '../../core/event.ts'
import { MAX_HELD_BYTES, segmentsOf } from '../../core/segment.ts'
import { SLOT_MS, TIMEOUT_SECONDS } from '../../core/timetable.ts'
import { MAX_IN_FLIGHT, PROBES } from '../../functions/delivery/target-queue.ts'
import { DEFERRED_MS } from '../../functions/emitter/deliver-segment.ts'
import { anEvent, due, FAILURE_TOPIC, MINUTE_MS, topicArn } from '../support/builders.ts'
import { drain } from '../support/drain.ts'
import { aWorldWith, stepsOf, type World } from '../support/world.ts'

const BAD = topicArn('bad')
const { slot: SLOT } = due(0)
const [SEGMENT] = segmentsOf(SLOT, [])

/** A minute of so many events a second to `BAD`, evenly, of so many bytes; and one a second to a healthy target. */
function aMinute(perSecond: number, bytes: number): ScheduledEvent[] {
  const payload = 'x'.repeat(bytes)
  const bad = Array.from({ length: 60 * perSecond }, (_, i) =>
    anEvent({ id: `bad-${i}`, dueAtMs: MINUTE_MS + Math.floor((i * 1_000) / perSecond), target: BAD, payload }),
  )
  return [...bad, ...Array.from({ length: 60 }, (_, i) => due(i * 1_000 + 500))]
}

/** A world with events whose segment an emitter delivers; `most` tells what its targets had in memory at most, bytes. */
async function deliver(events: readonly ScheduledEvent[], trouble: (world: World) => void) {
  const world = await aWorldWith(events, MINUTE_MS - 4_000)
  trouble(world)
  const tally = SEGMENT && (await world.clock.run(stepsOf(world).deliverSegment(SLOT, SEGMENT)))
  return { world, tally }
}

const lateness = (world: World) => world.topics.received(topicArn()).map(({ atMs, dueAtMs }) => atMs - dueAtMs)
const NOT_LATE = Array.from({ length: 60 }, () => 0)

const hangs = ({ topics }: World) => {
  topics.slow(BAD, 10_000)
  topics.fail(BAD, 'TARGET_UNAVAILABLE')
}
const refuses = ({ topics }: World) => topics.fail(BAD, 'TARGET_UNAVAILABLE')
const isSlow = ({ topics }: World) => topics.slow(BAD, 2_500)

describe('healthy events are in their millisecond', () => {
  for (const [how, trouble] of [
    ['hangs', hangs],
    ['refuses at once', refuses],
    ['is slow', isSlow],
  ] as const)
    for (const [perSecond, bytes] of [
      [5, 250_000],
      [30, 30_000],
    ] as const)
      it(`while another target ${how} that gets ${perSecond} events of ${bytes} bytes a second`, async () => {
        const { world } = await deliver(aMinute(perSecond, bytes), trouble)
        expect(lateness(world)).to.deep.equal(NOT_LATE)
      }).timeout(60_000)

  it('while another target’s failures are told to a topic that takes four seconds for each', async () => {
    const { world } = await deliver(aMinute(80, 200), ({ topics }) => {
      topics.fail(BAD, 'TARGET_NOT_FOUND')
      topics.slow(FAILURE_TOPIC, 4_000)
    })
    expect(lateness(world)).to.deep.equal(NOT_LATE)
  })
})

describe('a target that hangs', () => {
  it('has what there is no room for parked again without a try, and delivered once it answers', async () => {
    const events = aMinute(20, 200)
    const { world, tally } = await deliver(events, hangs)
    const untried = world.table.outcomesIn(SLOT).filter(({ attempts }) => attempts === 0)
    expect(tally).to.include({ delivered: 60, failed: 0, expired: 0 })
    expect(untried.length).to.be.above(800)
    expect(new Set(untried.map(({ kind, reason }) => `${kind}: ${reason}`))).to.deep.equal(
      new Set(['retrying: The target takes less than falls due for it']),
    )
    world.topics.slow(BAD, 0)
    world.topics.fail(BAD, undefined)
    await drain(world, 8)
    const received = world.topics.received(BAD)
    expect([received.length, new Set(received.map(({ id }) => id)).size]).to.deep.equal([1_200, 1_200])
    expect(world.topics.notices(FAILURE_TOPIC)).to.deep.equal([])
  }).timeout(30_000)

  it('is asked by two publishes at a time once it has not answered, and by all again once it has', async () => {
    const { world } = await deliver(aMinute(200, 200), (one) => {
      hangs(one)
      void one.clock.sleep(40_000).then(() => {
        one.topics.slow(BAD, 20)
        one.topics.fail(BAD, undefined)
      })
    })
    const calls = world.topics.calls.filter(({ target }) => target === BAD)
    const within = (fromMs: number, toMs: number) =>
      calls.filter(({ atMs }) => atMs >= MINUTE_MS + fromMs && atMs < MINUTE_MS + toMs).length
    expect(within(0, 9_000)).to.equal(MAX_IN_FLIGHT)
    expect(within(20_000, 30_000)).to.equal(PROBES)
    expect(within(50_000, 60_000)).to.be.above(100)
  })

  it('has an event expire that would be late by then, and given up a day after it was due', async () => {
    const late = (id: string, fields: Partial<ScheduledEvent>) => anEvent({ id, target: BAD, slot: SLOT, ...fields })
    const flood = aMinute(20, 200)
    const expiring = late('expiring', { dueAtMs: MINUTE_MS + 50_000, latestAtMs: MINUTE_MS + 60_000, latest: 'then' })
    const old = late('old', { dueAtMs: MINUTE_MS - 86_400_000, emitAtMs: MINUTE_MS + 50_000, attempt: 3 })
    const { world } = await deliver([...flood, expiring, old], hangs)
    const codes = Object.fromEntries(world.topics.notices(FAILURE_TOPIC).map(({ id, code }) => [id, code]))
    expect(codes).to.deep.equal({ expiring: 'EXPIRED', old: 'TARGET_UNAVAILABLE' })
  })
})

describe('a target that takes less than falls due for it', () => {
  /** Sixteen publishes of ten events at a time, each of 400 ms: 400 events a second. */
  const isTooSlow = ({ topics }: World) => topics.slow(BAD, 400)
  /** 1,000 events a second to it for 20 s, and one a second to a healthy target. */
  const flood = () =>
    aMinute(1_000, 200).filter(({ dueAtMs, target }) => target !== BAD || dueAtMs < MINUTE_MS + 20_000)
  const lookUpsOf = (world: World) => {
    let count = 0
    const { lookUp } = world.table
    world.table.lookUp = (refs) => {
      count += refs.length
      return lookUp(refs)
    }
    return () => count
  }

  it('gets all of it as soon as it takes it, in order, with nothing written down but that; others are on time', async () => {
    const { world, tally } = await deliver(flood(), isTooSlow)
    const received = world.topics.received(BAD)
    expect(tally).to.include({ delivered: 20_060, retrying: 0 })
    expect(received).to.have.length(20_000)
    expect(lateness(world)).to.deep.equal(NOT_LATE)
    expect(world.table.outcomesIn(SLOT)).to.deep.equal([])
    const endMs = Math.max(...received.map(({ atMs }) => atMs)) - MINUTE_MS
    expect(endMs).to.be.within(50_000, 52_000)
    const begun = received.map(({ dueAtMs }) => dueAtMs)
    const overtaken = begun.filter((dueAtMs, i) => dueAtMs < Math.max(...begun.slice(Math.max(0, i - 500), i)) - 1_000)
    expect(overtaken).to.deep.equal([])
  }).timeout(60_000)

  it('has each event read twice at most', async () => {
    let looked = () => 0
    await deliver(flood(), (world) => {
      isTooSlow(world)
      looked = lookUpsOf(world)
    })
    expect(looked()).to.be.within(1, 20_000)
  }).timeout(60_000)

  it('does not get what was cancelled while it waited', async () => {
    const events = flood()
    const cancelled = events.filter(({ target, dueAtMs }) => target === BAD && dueAtMs === MINUTE_MS + 19_000)
    const { world, tally } = await deliver(events, (one) => {
      isTooSlow(one)
      void one.clock
        .sleep(4_000 + 20_000)
        .then(() =>
          cancelled.map((event) => one.table.conclude({ ...event, kind: 'cancelled', atMs: one.clock.now() })),
        )
    })
    expect(cancelled).to.have.length(1)
    expect(tally).to.include({ delivered: 20_059 })
    expect(world.topics.received(BAD).map(({ id }) => id)).not.to.include(cancelled[0]?.id)
  }).timeout(60_000)

  it('has what it could not take in two minutes parked again', async () => {
    const { world, tally } = await deliver(flood(), ({ topics }) => topics.slow(BAD, 2_000))
    const ofTheRest = world.table.outcomesIn(SLOT)
    const soonestMs = Math.min(...ofTheRest.map(({ atMs }) => atMs))
    expect(soonestMs - MINUTE_MS).to.be.within(SLOT_MS + DEFERRED_MS, SLOT_MS + DEFERRED_MS + 1_000)
    expect((tally?.delivered ?? 0) + ofTheRest.length).to.equal(20_060)
    expect(world.clock.now() - MINUTE_MS).to.be.below(1_000 * TIMEOUT_SECONDS.emitter - 60_000)
  }).timeout(60_000)

  it('has what it was not given published by the next emitter, when its own was taken for dead', async () => {
    const world = await aWorldWith(flood(), MINUTE_MS - 4_000)
    isTooSlow(world)
    const { deliverSegment } = stepsOf(world)
    if (!SEGMENT) throw new Error('no segment')
    const first = deliverSegment(SLOT, SEGMENT)
    const second = world.clock.sleep(30_000).then(() => deliverSegment(SLOT, SEGMENT))
    await world.clock.run(Promise.all([first, second]))
    const ids = world.topics.received(BAD).map(({ id }) => id)
    expect(new Set(ids).size).to.equal(20_000)
    expect(ids.length).to.be.below(20_000 + 2 * 160)
  }).timeout(60_000)
})

describe('an emitter', () => {
  it('has parked again what a target that hangs has no room for, in its time, though each takes two seconds, and doubles none', async () => {
    const events = aMinute(40, 100_000).slice(0, 40 * 20)
    const world = await aWorldWith(events, MINUTE_MS - 4_000)
    hangs(world)
    const { conclude } = world.table
    const slowly: typeof conclude = async (outcome) => {
      await world.clock.sleep(2_000)
      return conclude(outcome)
    }
    const slow = { ...world, table: { ...world.table, conclude: slowly } }
    const tally = SEGMENT && (await world.clock.run(stepsOf(slow).deliverSegment(SLOT, SEGMENT)))
    expect(tally?.retrying).to.be.at.least(events.length)
    world.topics.slow(BAD, 0)
    world.topics.fail(BAD, undefined)
    await drain(world, 8)
    expect(
      world.topics
        .received(BAD)
        .map(({ id }) => id)
        .sort(),
    ).to.deep.equal(events.map(({ id }) => id).sort())
    expect(MAX_HELD_BYTES).to.be.below(events.length * 100_000)
  }).timeout(30_000)
})
