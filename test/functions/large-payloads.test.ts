import { expect } from 'chai'
import { LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import { MAX_HELD_BYTES, type Segment, segmentsOf } from '../../core/segment.ts'
import { settleAtMs, slotAt } from '../../core/slot.ts'
import type { Stored } from '../memory/dynamodb/store.ts'
import { SortedMap } from '../memory/sorted-map.ts'
import { due, MINUTE_MS, topicArn } from '../support/builders.ts'
import { aWorldWith, functionsOf, stepsOf, type World } from '../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const [WHOLE] = segmentsOf(SLOT, []) as [Segment]
const START_MS = MINUTE_MS - 4_000
const MIB = 1024 * 1024
const large = (afterMs: number, fields: Partial<ScheduledEvent> = {}) =>
  due(afterMs, { payload: 'x'.repeat(250_000), ...fields })

const ids = (world: World) => world.topics.received(topicArn()).map(({ id }) => id)
const emit = (world: World) => world.clock.run(stepsOf(world).deliverSegment(SLOT, WHOLE))
const settle = (world: World) => world.clock.run(functionsOf(world).settler({ slot: SLOT }))

/** Deletes the payload of an event from the table, as somebody may by hand. */
function losePayload({ dynamodb }: World, { slot, key }: ScheduledEvent): void {
  const { partitions } = dynamodb.store
  const left = new SortedMap<Stored>()
  partitions.get(slot)?.walk({ from: '', to: LAST_KEY }, (stored, sk) => {
    if (!sk.startsWith(`payload#${key}#`)) left.set(sk, stored)
    return true
  })
  partitions.set(slot, left)
}

describe('events with large payloads', () => {
  it('go out whole, each in its millisecond, in any lane', async () => {
    const world = await aWorldWith([large(10, { id: 'a' }), large(59_999, { id: 'b' })], START_MS)
    const work = stepsOf(world).deliverSegment(SLOT, WHOLE)
    await world.clock.advanceTo(MINUTE_MS + 20_000)
    await world.table.park([large(24_900, { id: 'near', lane: 'near' }), large(21_900, { id: 'soon', lane: 'soon' })])
    await world.clock.run(work)
    const express = large(50_000, { id: 'express', lane: 'express' })
    await world.table.park([express])
    await world.clock.run(stepsOf(world).deliverExpress('execution', [express]))
    const received = world.topics.received(topicArn())
    expect(received.map(({ id }) => id)).to.have.members(['a', 'soon', 'near', 'b', 'express'])
    for (const { payload } of received) expect(payload).to.have.length(250_000)
    for (const { id, sentAtMs, dueAtMs } of received) if (id !== 'express') expect(sentAtMs, id).to.equal(dueAtMs)
  })

  it('are held 32 MB at a time, and a piece, though a page of the slot refers to hundreds of them', async () => {
    const world = await aWorldWith(
      Array.from({ length: 400 }, (_, i) => large(1_000 + i)),
      START_MS,
    )
    let read = 0
    let most = 0
    const published = () => world.topics.received(topicArn()).length * 250_000
    async function* eventsBetween(...args: Parameters<World['table']['eventsBetween']>) {
      for await (const page of world.table.eventsBetween(...args)) {
        for (const { payload } of page) read += payload.length
        most = Math.max(most, read - published())
        yield page
      }
    }
    await emit({ ...world, table: { ...world.table, eventsBetween } })
    expect(ids(world)).to.have.length(400)
    expect(most).to.be.within(MAX_HELD_BYTES - 4 * MIB, MAX_HELD_BYTES + 5 * MIB)
  })

  it('are settled, delivered late and counted like others', async () => {
    const world = await aWorldWith(
      Array.from({ length: 40 }, (_, i) => large(i)),
      settleAtMs(SLOT),
    )
    expect(await settle(world)).to.include({ settled: true, delivered: 40, deliveredBySettler: 40 })
    expect(ids(world)).to.have.length(40)
  })

  it('are tried again with their payloads', async () => {
    const event = large(0)
    const world = await aWorldWith([event], START_MS)
    world.topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    await emit(world)
    const [{ next } = { next: undefined }] = await world.table.outcomesOf([event])
    expect(next && (await world.table.find([next]))[0]).to.include({ attempt: 2, payload: event.payload })
  })
})

describe('an event whose payload is gone', () => {
  it('holds up no other, is told of, and leaves its slot unsettled', async () => {
    const [gone, other] = [large(1_000), large(1_000)]
    const world = await aWorldWith([gone, other], START_MS)
    losePayload(world, gone)
    await emit(world)
    expect(ids(world)).to.deep.equal([other.id])
    await world.clock.advanceTo(settleAtMs(SLOT))
    expect(await settle(world)).to.have.property('settled', false)
    const [told] = world.log.of('payload missing: the event cannot be delivered')
    expect(told).to.include({ slot: SLOT, key: gone.key, id: gone.id, due: gone.date })
    expect(ids(world)).to.deep.equal([other.id])
  })

  it('goes out when it is written again, and its slot is settled', async () => {
    const gone = large(1_000)
    const world = await aWorldWith([gone], settleAtMs(SLOT))
    losePayload(world, gone)
    await settle(world)
    await world.table.park([gone])
    expect(await settle(world)).to.include({ settled: true, delivered: 1 })
    expect(ids(world)).to.deep.equal([gone.id])
  })
})
