import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { keyAt, LAST_KEY, type ScheduledEvent } from '../../../core/event.ts'
import { type Segment, segmentsOf } from '../../../core/segment.ts'
import { settleAtMs, slotAt } from '../../../core/slot.ts'
import { TAKE_OVER_MS } from '../../../core/timetable.ts'
import { delivering } from '../../../functions/delivery/delivering.ts'
import { overdueDelivery } from '../../../functions/settler/deliver-overdue.ts'
import { accountOf } from '../../../status/slot-account.ts'
import { due, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { aWorldWith, stepsOf, type World } from '../../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)

const withEvents = (...events: ScheduledEvent[]) => aWorldWith(events, settleAtMs(SLOT))
const begin = async (world: World, ...events: ScheduledEvent[]) => {
  const account = accountOf(world.table, SLOT)
  const done = await overdueDelivery(delivering(world), SLOT).deliver(events, account)
  return { done, settlement: await account.settlement() }
}
const deliver = (world: World, ...events: ScheduledEvent[]) => world.clock.run(begin(world, ...events))
const SAID = 'overdue events delivered by the settler'
const uncounted = { ended() {} }
const ids = (world: World) => world.topics.received(topicArn()).map(({ id }) => id)

describe('delivering what is overdue', () => {
  it('publishes it, writes down that it did, and counts it', async () => {
    const events = [due(0), due(1_000, { lane: 'express' })]
    const world = await withEvents(...events)
    const { done, settlement } = await deliver(world, ...events)
    expect(done).to.equal(true)
    expect(settlement).to.include({ delivered: 2, deliveredBySettler: 2 })
    expect(ids(world)).to.have.members(events.map(({ id }) => id))
  })

  it('leaves an event of the express lane to whoever has claimed it, and says so', async () => {
    const [claimed, free] = [due(0, { lane: 'express' }), due(1, { lane: 'express' })]
    const world = await withEvents(claimed, free)
    await world.table.claim(claimed, 'somebody else')
    const { done } = await deliver(world, claimed, free)
    expect(done).to.equal(false)
    expect(ids(world)).to.deep.equal([free.id])
  })

  it('takes over the segments of what is missing, and waits for an emitter that had one', async () => {
    const segments = segmentsOf(SLOT, [keyAt(MINUTE_MS + 10_000), keyAt(MINUTE_MS + 20_000)])
    const world = await withEvents()
    await world.table.takeSegment(SLOT, 1)
    const overdue = overdueDelivery(delivering(world), SLOT, segments)
    const startMs = world.clock.now()
    for (let page = 0; page < 2; page++) await world.clock.run(overdue.deliver([due(9_999), due(15_000)], uncounted))
    expect(world.clock.now() - startMs).to.be.within(TAKE_OVER_MS, TAKE_OVER_MS + 100)
    const incarnations = [0, 1, 2].map((index) => world.table.incarnationOf(SLOT, index))
    expect(await Promise.all(incarnations)).to.deep.equal([1, 2, 0])
  })

  it('has an event whose key is the bound of two segments in the later one', async () => {
    const [before, atBound] = [due(9_999), due(10_000)]
    const segments = segmentsOf(SLOT, [atBound.key])
    const world = await withEvents(before, atBound)
    const taken = () => Promise.all([0, 1].map((index) => world.table.incarnationOf(SLOT, index)))
    const overdue = overdueDelivery(delivering(world), SLOT, segments)
    expect(await world.clock.run(overdue.deliver([atBound], uncounted))).to.equal(true)
    expect(await taken()).to.deep.equal([0, 1])
    expect(await world.clock.run(overdue.deliver([before], uncounted))).to.equal(true)
    expect(await taken()).to.deep.equal([1, 1])
    expect(ids(world)).to.deep.equal([atBound.id, before.id])
  })

  for (const writer of ['express', 'settle'] as const)
    it(`does not publish what a checkpoint names, written by ${writer}`, async () => {
      const event = due(0, { lane: 'express' })
      const world = await withEvents(event)
      await world.table.checkpoint(SLOT, writer, { delivered: [event.key], upTo: LAST_KEY, lateMs: [] })
      expect(await deliver(world, event)).to.have.nested.include({ done: true, 'settlement.deliveredBySettler': 1 })
      expect([ids(world), world.log.of(SAID)]).to.deep.equal([[], []])
    })

  it('says how many it delivers, and names the first', async () => {
    const events = [due(0, { id: 'a' }), due(1, { id: 'b' })]
    const world = await withEvents(...events)
    await deliver(world, ...events)
    expect(world.log.of(SAID)).to.deep.equal([{ level: 'warn', message: SAID, slot: SLOT, count: 2, first: 'a' }])
  })

  it('claims by a name of its own, so that no settler takes the claim of another for its own', async () => {
    const event = due(0)
    const world = await withEvents(event)
    const names: string[] = []
    const claim: World['table']['claim'] = async (_, by) => {
      names.push(by)
      return false
    }
    for (let i = 0; i < 2; i++) await deliver({ ...world, table: { ...world.table, claim } }, event)
    for (const name of names) expect(name).to.match(/^settle-[0-9a-z]{5,}$/)
    expect(new Set(names).size).to.equal(2)
  })

  it('takes over no segment for an event of the express lane', async () => {
    const event = due(0, { lane: 'express' })
    const world = await withEvents(event)
    const takeSegment = () => expect.fail('taken over')
    await deliver({ ...world, table: { ...world.table, takeSegment } }, event)
    expect(ids(world)).to.deep.equal([event.id])
  })

  it('does not publish, and counts as delivered, what an emitter wrote down as its last while it was taken over', async () => {
    const event = due(0)
    const world = await withEvents(event)
    await world.table.takeSegment(SLOT, 0)
    const work = begin(world, event)
    await world.clock.advance(TAKE_OVER_MS - 100)
    await world.table.checkpoint(SLOT, 0, { delivered: [event.key], upTo: LAST_KEY, lateMs: [] })
    const { done, settlement } = await world.clock.run(work)
    expect([done, settlement.delivered]).to.deep.equal([true, 1])
    expect(ids(world)).to.deep.equal([])
  })

  it('leaves alone what may stand in a checkpoint that cannot be read and was written while it was taken over', async () => {
    const event = due(0)
    const world = await withEvents(event)
    await world.table.takeSegment(SLOT, 0)
    const work = begin(world, event)
    await world.clock.advance(TAKE_OVER_MS - 100)
    const sk = `checkpoint#00#${String(world.clock.now()).padStart(15, '0')}#newer`
    const Item = { pk: SLOT, sk, names: 'as a newer version gives them' }
    await world.dynamodb.client.send(new PutCommand({ TableName: 'events', Item }))
    expect((await world.clock.run(work)).done).to.equal(false)
    expect([ids(world), world.table.outcomesIn(SLOT)]).to.deep.equal([[], []])
  })

  it('publishes nothing beside an emitter that was taken for dead and has the segment', async () => {
    const events = Array.from({ length: 100 }, (_, i) => due(59_000 + i))
    const world = await aWorldWith(events, settleAtMs(SLOT) - 20_000)
    world.topics.slow(topicArn(), 20_000)
    const [segment] = segmentsOf(SLOT, []) as [Segment]
    const emitter = stepsOf(world).deliverSegment(SLOT, segment)
    await world.clock.advanceTo(settleAtMs(SLOT))
    world.topics.slow(topicArn(), 0)
    await world.clock.run(Promise.all([emitter, overdueDelivery(delivering(world), SLOT).deliver(events, uncounted)]))
    const underWay = 16
    expect([new Set(ids(world)).size, ids(world).length <= 100 + underWay * 10]).to.deep.equal([100, true])
  })

  it('leaves a segment to whoever takes it while it waits, without a claim', async () => {
    const event = due(0)
    const world = await withEvents(event)
    await world.table.takeSegment(SLOT, 0)
    const work = begin(world, event)
    await world.clock.advance(TAKE_OVER_MS - 100)
    await world.table.takeSegment(SLOT, 0)
    expect((await world.clock.run(work)).done).to.equal(false)
    expect([ids(world), world.table.outcomesIn(SLOT)]).to.deep.equal([[], []])
  })

  it('leaves a segment to whoever takes it while it claims', async () => {
    const event = due(0)
    const world = await withEvents(event)
    const claim: World['table']['claim'] = async (ref, by) => {
      await world.table.takeSegment(SLOT, 0)
      return world.table.claim(ref, by)
    }
    const { done } = await deliver({ ...world, table: { ...world.table, claim } }, event)
    expect([done, ids(world)]).to.deep.equal([false, []])
    expect((await deliver(world, event)).done).to.equal(true)
  })

  it('happens once when two settlers are at it', async () => {
    for (const afterMs of [0, 1, 100, TAKE_OVER_MS - 1, TAKE_OVER_MS, TAKE_OVER_MS + 1]) {
      const events = [due(0), due(1), due(2, { lane: 'express' })]
      const world = await withEvents(...events)
      world.topics.slow(topicArn(), 500)
      const first = begin(world, ...events)
      await world.clock.advance(afterMs)
      await world.clock.run(Promise.all([first, begin(world, ...events)]))
      expect(ids(world).sort(), `${afterMs} ms apart`).to.deep.equal(events.map(({ id }) => id).sort())
    }
  })
})
