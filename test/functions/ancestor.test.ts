import { expect } from 'chai'
import { dyingAt } from '../support/breaking.ts'
import { aBatch, aMessage, aRecord, FAILURE_TOPIC, MINUTE_MS, topicArn } from '../support/builders.ts'
import { drain } from '../support/drain.ts'
import { aWorld, functionsOf, stepsOf, type World } from '../support/world.ts'

const minute = (n: number) => MINUTE_MS + n * 60_000
const date = (atMs: number) => new Date(atMs).toISOString()
const publish = (world: World, ...messages: (string | ReturnType<typeof aRecord>)[]) =>
  world.clock.run(functionsOf(world).validator(aBatch(...messages)))
const load = (world: World) => world.clock.run(functionsOf(world).loader({}))
const received = (world: World) => world.topics.received(topicArn())
const payloads = (world: World) => received(world).map(({ payload }) => payload)

/** Runs the emitters and the settler of all slots that have a runner, each at its time, as the state machine does. */
async function deliverOpenSlots(world: World): Promise<void> {
  const runs = world.runners.all().map(async ({ input, name }) => {
    const { slot, wakeAt } = JSON.parse(input)
    await world.clock.sleep(Date.parse(wakeAt) - world.clock.now())
    const functions = functionsOf(world)
    const { segments, settleAt } = await functions.planner({ slot })
    await Promise.all(
      segments.map(async ({ wakeAt, ...segment }) => {
        await world.clock.sleep(Date.parse(wakeAt) - world.clock.now())
        await functions.emitter({ slot, segment })
      }),
    )
    await world.clock.sleep(Date.parse(settleAt) - world.clock.now())
    expect(await functions.settler({ slot })).to.have.property('settled', true)
    world.runners.end(name)
  })
  await world.clock.run(Promise.all(runs))
}

describe('the ancestor’s fault is impossible', () => {
  it('that an event is lost which is due 10 to 11 minutes ahead and lands just after the loader ran', async () => {
    for (let afterMs = 1; afterMs < 60_000; afterMs += 3_001) {
      const world = aWorld({ atMs: MINUTE_MS })
      await load(world)
      await world.clock.advance(afterMs)
      const dueAtMs = world.clock.now() + 600_000 + 30_000
      await publish(world, aMessage({ date: date(dueAtMs) }))
      for (let n = 1; n <= 9; n++) {
        await world.clock.advanceTo(minute(n) + 30_000)
        await load(world)
      }
      await deliverOpenSlots(world)
      expect(
        received(world).map(({ sentAtMs }) => sentAtMs),
        `${afterMs} ms after the loader`,
      ).to.deep.equal([dueAtMs])
    }
  })

  it('that an event is lost at any distance from the loader’s run', async () => {
    for (let aheadMs = 0; aheadMs < 360_000; aheadMs += 9_973) {
      const world = aWorld({ atMs: MINUTE_MS })
      await load(world)
      await world.clock.advance(17)
      await publish(world, aMessage({ date: date(world.clock.now() + aheadMs) }))
      await drain(world, 10)
      expect(received(world).length, `${aheadMs} ms ahead`).to.equal(1)
    }
  })

  it('that a minute the loader skipped loses the whole minute', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await load(world)
    const due = Array.from({ length: 20 }, (_, i) => minute(10) + i * 3_000)
    await publish(world, ...due.map((ms) => aMessage({ date: date(ms) })))
    // Its runs at minutes 1 to 7 do not take place.
    await world.clock.advanceTo(minute(8) + 59_000)
    await load(world)
    await deliverOpenSlots(world)
    expect(received(world).map(({ sentAtMs }) => sentAtMs)).to.deep.equal(due)
  })

  it('that a loader which was down for an hour loses that hour', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await load(world)
    await publish(
      world,
      ...Array.from({ length: 60 }, (_, i) => aMessage({ date: date(minute(5 + i)), payload: `${i}` })),
    )
    await world.clock.advance(3_700_000)
    await drain(world, 5)
    expect(payloads(world).length).to.equal(60)
    expect(new Set(payloads(world)).size).to.equal(60)
  })

  it('that a failed publish is swallowed', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await publish(world, aMessage({ id: 'a', date: date(minute(2)) }))
    world.topics.fail(topicArn(), 'TARGET_DENIED')
    await deliverOpenSlots(world)
    const [notice] = world.topics.notices(FAILURE_TOPIC)
    expect(notice).to.have.property('code', 'TARGET_DENIED')
    expect(notice?.event).to.include({ id: 'a', payload: 'a payload' })
    expect(world.log.of('failed')).to.have.length(1)
  })

  it('that a publish that failed for minutes is not tried again', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await publish(world, aMessage({ date: date(minute(1)) }))
    world.topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    await drain(world, 4)
    expect(received(world)).to.deep.equal([])
    world.topics.fail(topicArn(), undefined)
    await drain(world, 10)
    expect(received(world)).to.have.length(1)
  })

  it('that the failure_topic is dropped on the emit path', async () => {
    for (const aheadMs of [1_000, 60_000, 300_000]) {
      const world = aWorld({ atMs: MINUTE_MS })
      const message = { date: date(MINUTE_MS + aheadMs), failure_topic: topicArn('mine') }
      await publish(world, aMessage(message))
      world.topics.fail(topicArn(), 'TARGET_NOT_FOUND')
      await drain(world)
      const [notice] = world.topics.notices(topicArn('mine'))
      expect(notice?.event).to.include(message)
      expect(world.topics.notices(FAILURE_TOPIC)).to.deep.equal([])
    }
  })

  it('that one bad event fails its whole batch', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    const bad = [
      '',
      '{',
      'null',
      '[]',
      aMessage({ date: 7 }),
      aMessage({ payload: '\ud800' }),
      aMessage({ target: {} }),
    ]
    const { batchItemFailures } = await publish(world, aMessage({ date: date(minute(1)) }), ...bad)
    expect(batchItemFailures).to.deep.equal([])
    expect(world.topics.notices(FAILURE_TOPIC)).to.have.length(bad.length)
    await drain(world)
    expect(received(world)).to.have.length(1)
  })

  it('that a redelivered message becomes a second event', async () => {
    for (const aheadMs of [-3_600_000, 0, 3_000, 6_000, 120_000, 600_000]) {
      const world = aWorld({ atMs: MINUTE_MS })
      const record = aRecord(aMessage({ date: date(MINUTE_MS + aheadMs) }))
      await publish(world, record)
      await publish(world, { ...record, messageId: 'delivered again' })
      await drain(world, 3)
      await publish(world, record)
      await drain(world, 15)
      expect(received(world).length, `${aheadMs} ms ahead`).to.equal(1)
    }
  })

  for (const text of [
    '2026-11-23T12:36:00Z',
    '2026-11-23T12:36:00.000+00:00',
    '2026-11-23T14:36:00+02:00',
    '2026-11-23T07:36:00.000-0500',
    '2026-11-23T12:36:00.000000',
    '2026-11-23T12:36:00',
  ])
    it(`that the date ${text} crashes the consumer`, async () => {
      const world = aWorld({ atMs: MINUTE_MS })
      await publish(world, aMessage({ date: text }))
      await deliverOpenSlots(world)
      expect(received(world).map(({ sentAtMs }) => sentAtMs)).to.deep.equal([minute(2)])
    })

  it('that one slow event delays its neighbours', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    const slow = topicArn('slow')
    world.topics.slow(slow, 20_000)
    const dues = Array.from({ length: 100 }, (_, i) => minute(2) + i * 100)
    await publish(
      world,
      ...dues.flatMap((ms) => [aMessage({ date: date(ms), target: slow }), aMessage({ date: date(ms) })]),
    )
    await deliverOpenSlots(world)
    expect(received(world).map(({ atMs }) => atMs)).to.deep.equal(dues)
    expect(world.topics.received(slow)).to.have.length(100)
  })

  it('that an event cannot be cancelled', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await publish(world, aMessage({ id: 'a', date: date(minute(2)) }))
    await publish(world, JSON.stringify({ action: 'cancel', id: 'a', date: date(minute(2)) }))
    await deliverOpenSlots(world)
    expect(received(world)).to.deep.equal([])
  })

  it('that an emitter that was killed takes its events with it', async () => {
    const world = aWorld({ atMs: MINUTE_MS })
    await publish(world, ...Array.from({ length: 10 }, (_, i) => aMessage({ date: date(minute(2) + i * 1_000) })))
    const mortal = dyingAt(world, 60)
    const { slot } = JSON.parse(world.runners.all()[0]?.input ?? '')
    const { segments } = await functionsOf(world).planner({ slot: slot })
    const [segment] = segments
    await world.clock.advanceTo(minute(2) - 4_000)
    if (segment) void stepsOf(mortal).deliverSegment(slot, segment)
    await world.clock.run(mortal.died)
    expect(received(world).length).to.be.within(1, 9)
    await drain(world)
    expect(new Set(received(world).map(({ dueAtMs }) => dueAtMs)).size).to.equal(10)
  })
})
