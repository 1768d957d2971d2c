import { expect } from 'chai'
import { eventKey, type ScheduledEvent } from '../../../core/event.ts'
import { emptySettlement } from '../../../core/settlement.ts'
import { LONGEST_WRITE_MS, SURE_MS, VISIBILITY_TIMEOUT_SECONDS } from '../../../core/timetable.ts'
import { hasGoneOut, SEEN_BY_ALL_MS } from '../../../functions/validator/doubt.ts'
import { placeKnown } from '../../../functions/validator/place-known.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { aWorld, stepsOf, type World } from '../../support/world.ts'

/** A world in which an event is due in a second, and was cancelled now. */
async function cancelledLate(fields: Partial<ScheduledEvent> = {}) {
  const publication = { messageId: 'the event', atMs: NOW_MS - 9_000 }
  const event = arriving(1_000, { id: 'a', lane: 'near', publication, ...fields })
  const world = aWorld({ atMs: NOW_MS })
  await world.table.park([event])
  const cancel = { messageId: 'the cancel', atMs: NOW_MS - 4_000 }
  const { slot, key } = event
  const outcome = { slot, key, kind: 'cancelled', atMs: NOW_MS, publication: cancel } as const
  await world.table.conclude(outcome)
  return { world, event, outcome }
}

const answer = async (world: World, event: ScheduledEvent, atMs = NOW_MS) =>
  hasGoneOut(world, event, { ...event, kind: 'cancelled', atMs }).catch(({ code }) => code)

describe('an event that was cancelled late', () => {
  it('may have gone out until every emitter that may not have seen it has ended, and no longer, though its slot is never settled', async () => {
    const { world, event } = await cancelledLate()
    await world.clock.advanceTo(NOW_MS + SEEN_BY_ALL_MS - 1)
    expect(await answer(world, event)).to.equal('CANCEL_IN_DOUBT')
    await world.clock.advance(1)
    expect(await answer(world, event)).to.equal(false)
    // When the message comes back the second time, at the latest.
    expect(SEEN_BY_ALL_MS).to.be.below(2_000 * VISIBILITY_TIMEOUT_SECONDS)
  })

  it('has not gone out when its slot is settled and no checkpoint names it, or the write was over in time', async () => {
    const { world, event } = await cancelledLate()
    expect(await answer(world, event)).to.equal('CANCEL_IN_DOUBT')
    const inTimeMs = event.emitAtMs - SURE_MS - LONGEST_WRITE_MS
    expect(await answer(world, event, inTimeMs + 1)).to.equal('CANCEL_IN_DOUBT')
    expect(await answer(world, event, inTimeMs)).to.equal(false)
    await world.table.settle(event.slot, 0, emptySettlement())
    expect(await answer(world, event)).to.equal(false)
  })

  it('has gone out when a checkpoint names it, whatever else is known', async () => {
    const { world, event } = await cancelledLate()
    await world.table.settle(event.slot, 0, emptySettlement())
    await world.table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '~', lateMs: [0] })
    expect(await answer(world, event)).to.equal(true)
  })

  it('may have gone out while a checkpoint that may name it cannot be read, whatever else is known', async () => {
    const { world, event } = await cancelledLate()
    await world.table.settle(event.slot, 0, emptySettlement())
    for (const [doubtUntilMs, expected] of [
      [event.emitAtMs - 1, false],
      [event.emitAtMs, 'CANCEL_IN_DOUBT'],
    ] as const) {
      const checkpoints: World['table']['checkpoints'] = async function* () {
        yield [{ delivered: [], upTo: '', lateMs: [], doubtUntilMs }]
      }
      expect(await answer({ ...world, table: { ...world.table, checkpoints } }, event)).to.equal(expected)
    }
  })

  it('has not gone out where it is the express lane’s, which claims it first, or is due later by more than an emitter looks ahead', async () => {
    const express = await cancelledLate({ lane: 'express' })
    expect(await answer(express.world, express.event)).to.equal(false)
    const { world, event } = await cancelledLate()
    expect(await answer(world, { ...event, emitAtMs: NOW_MS + SURE_MS - 1 })).to.equal('CANCEL_IN_DOUBT')
    expect(await answer(world, { ...event, emitAtMs: NOW_MS + SURE_MS })).to.equal(false)
  })
})

describe('what is scheduled in the place of an event that was cancelled late', () => {
  const again = ({ messageId = 'again', payload = 'other' } = {}) => ({ messageId, payload })
  const place = (world: World, event: ScheduledEvent, { messageId, payload } = again()) => {
    const publication = { messageId, atMs: NOW_MS - 1 }
    const work = placeKnown({ ...world, ...stepsOf(world) }, { ...event, payload, publication })
    return world.clock.run(work).catch(({ code }) => code)
  }

  it('waits until it is known that it has not gone out, so that no two do', async () => {
    const { world, event } = await cancelledLate()
    expect(await place(world, event)).to.equal('CANCEL_IN_DOUBT')
    await world.table.settle(event.slot, 0, emptySettlement())
    expect((await place(world, event)).park).to.include({ payload: 'other' })
  })

  it('is refused when that has gone out, or is that if it is the same', async () => {
    const { world, event } = await cancelledLate()
    await world.table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '~', lateMs: [0] })
    expect((await place(world, event)).refusal).to.include({ code: 'EVENT_ENDED' })
    expect(await place(world, event, again({ payload: event.payload }))).to.deep.equal({})
  })

  it('waits where it stands there itself, and an earlier cancel has met it', async () => {
    const { world, event, outcome } = await cancelledLate({ publication: { messageId: 'again', atMs: NOW_MS - 1 } })
    const known = await place(world, event, again({ payload: event.payload }))
    expect(known).to.equal('CANCEL_IN_DOUBT')
    await world.clock.advance(SEEN_BY_ALL_MS)
    const [fault] = await world.clock.run(stepsOf(world).schedule([event]))
    expect(fault).to.equal(undefined)
    expect(world.table.outcomesIn(outcome.slot)[0]).to.include({ kind: 'moved' })
    await drain(world)
    expect(world.topics.received(topicArn()).map(({ id }) => id)).to.deep.equal(['a'])
  })
})

describe('what is scheduled at the date from which an event is being moved', () => {
  it('waits until that has come to its new date, and neither is lost', async () => {
    const atMs = (ms: number) => ({ text: new Date(ms).toISOString(), atMs: ms })
    const event = arriving(60_000, { id: 'a', payload: 'first', publication: { messageId: 'first', atMs: NOW_MS - 9 } })
    const newDate = atMs(NOW_MS + 120_000)
    const world = aWorld({ atMs: NOW_MS })
    await world.table.park([event])
    const { slot, key } = event
    const publication = { messageId: 'the move', atMs: NOW_MS - 8 }
    const next = { slot: await stepsOf(world).slotAt(newDate.atMs, 'a'), key: eventKey(newDate.atMs, 'a', 1) }
    // Whoever moves it was cut off after this.
    await world.table.conclude({ slot, key, kind: 'cancelled', atMs: NOW_MS, publication, next })
    const second = { ...event, payload: 'second', publication: { messageId: 'second', atMs: NOW_MS - 7 } }
    const schedule = () => world.clock.run(stepsOf(world).schedule([second]))
    expect(await schedule().catch(({ code }) => code)).to.equal('CANCEL_IN_DOUBT')
    const date = atMs(event.dueAtMs)
    const move = { action: 'reschedule', id: 'a', date, newDate, publication } as const
    expect(await world.clock.run(stepsOf(world).reschedule(move))).to.equal(undefined)
    expect(await schedule()).to.deep.equal([undefined])
    await drain(world)
    expect(world.topics.received(topicArn()).map(({ payload }) => payload)).to.deep.equal(['second', 'first'])
  })
})
