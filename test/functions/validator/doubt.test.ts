import { expect } from 'chai'
import { orderOf } from '../../../core/clearing.ts'
import type { SchedulerError } from '../../../core/errors.ts'
import { eventKey, type ScheduledEvent } from '../../../core/event.ts'
import { emptySettlement } from '../../../core/settlement.ts'
import {
  CLEARED_MS,
  CLOCK_SKEW_MS,
  LONGEST_WRITE_MS,
  SURE_MS,
  TIMEOUT_SECONDS,
  VISIBILITY_TIMEOUT_SECONDS,
} from '../../../core/timetable.ts'
import { hasGoneOut, isToComeBefore, SEEN_BY_ALL_MS } from '../../../functions/validator/doubt.ts'
import { placeKnown } from '../../../functions/validator/place-known.ts'
import { follow } from '../../../status/event-status.ts'
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

  it('is in doubt for 333 s: a slow write, what an emitter may still publish, its longest life and the skew of clocks', () => {
    const longestMs = LONGEST_WRITE_MS + CLEARED_MS + TIMEOUT_SECONDS.emitter * 1_000 + CLOCK_SKEW_MS
    expect([SEEN_BY_ALL_MS, longestMs]).to.deep.equal([333_000, 333_000])
  })

  it('is named in what is said while nobody knows', async () => {
    const { world, event, outcome } = await cancelledLate()
    const said = await hasGoneOut(world, event, outcome).catch(({ message }) => message)
    expect(said).to.match(/It took so long to write that event a is cancelled that .+ The request comes back when/)
  })

  it('is in doubt until its slot is settled where its cancel is not to be read', async () => {
    const { world, event } = await cancelledLate()
    await world.clock.advance(SEEN_BY_ALL_MS)
    const asked = () => hasGoneOut(world, event, undefined).catch(({ code }) => code)
    expect(await asked()).to.equal('CANCEL_IN_DOUBT')
    await world.table.settle(event.slot, 0, emptySettlement())
    expect(await asked()).to.equal(false)
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
  const instantAt = (ms: number) => ({ text: new Date(ms).toISOString(), atMs: ms })
  /** A world in which an event was stopped to be moved to two minutes from now, and what goes on from there. */
  const beingMoved = async () => {
    const event = arriving(60_000, { id: 'a', payload: 'first', publication: { messageId: 'first', atMs: NOW_MS - 9 } })
    const newDate = instantAt(NOW_MS + 120_000)
    const world = aWorld({ atMs: NOW_MS })
    await world.table.park([event])
    const { slot, key } = event
    const publication = { messageId: 'the move', atMs: NOW_MS - 8 }
    const next = { slot: await stepsOf(world).slotAt(newDate.atMs, 'a'), key: eventKey(newDate.atMs, 'a', 1) }
    // Whoever moves it was cut off after this.
    await world.table.conclude({ slot, key, kind: 'cancelled', atMs: NOW_MS, publication, next })
    const second = { ...event, payload: 'second', publication: { messageId: 'second', atMs: NOW_MS - 6 } }
    const move = { action: 'reschedule', id: 'a', date: instantAt(event.dueAtMs), newDate, publication } as const
    return {
      world,
      event,
      next,
      schedule: () => world.clock.run(stepsOf(world).schedule([second])),
      goOn: () => world.clock.run(stepsOf(world).reschedule(move)),
      delivered: async () => {
        await drain(world)
        return world.topics.received(topicArn()).map(({ payload }) => payload)
      },
    }
  }

  it('waits until that has come to its new date, and neither is lost', async () => {
    const { schedule, goOn, delivered } = await beingMoved()
    const [fault] = await schedule()
    expect(fault).to.include({ code: 'CANCEL_IN_DOUBT' })
    expect((fault as SchedulerError).message).to.match(
      /^Event a for .+ is being rescheduled, and is not at its new date yet\. The request/,
    )
    expect(await goOn()).to.equal(undefined)
    expect(await schedule()).to.deep.equal([undefined])
    expect(await delivered()).to.deep.equal(['second', 'first'])
  })

  it('waits where that was cancelled at its new date before it came there, so that whoever moves it is told nothing wrong', async () => {
    const { world, next, schedule, goOn, delivered } = await beingMoved()
    const publication = { messageId: 'a cancel', atMs: NOW_MS - 7 }
    await world.table.conclude({ ...next, kind: 'cancelled', atMs: NOW_MS, publication })
    expect((await schedule())[0]).to.include({ code: 'CANCEL_IN_DOUBT' })
    expect(await goOn()).to.equal(undefined)
    expect(await schedule()).to.deep.equal([undefined])
    expect(await delivered()).to.deep.equal(['second'])
  })

  it('is taken where nothing is known any more of the new date', async () => {
    const { world, next, schedule, goOn, delivered } = await beingMoved()
    expect(await goOn()).to.equal(undefined)
    const { lookUp } = world.table
    world.table.lookUp = (refs) => lookUp(refs.filter(({ key }) => key !== next.key))
    expect(await schedule()).to.deep.equal([undefined])
    world.table.lookUp = lookUp
    expect(await delivered()).to.deep.equal(['second', 'first'])
  })
})

describe('an event that was asked for again after its cancel was published', () => {
  it('is to come before a request that was published later still, and before no other, unless all of its id was cancelled since', async () => {
    const { world, event } = await cancelledLate({ publication: { messageId: 'again', atMs: NOW_MS - 2 } })
    const standing = await follow(world.table, event)
    const isBefore = (atMs: number) =>
      isToComeBefore(world, standing, { publication: { messageId: 'the request', atMs } })
    const answers = () => Promise.all([NOW_MS - 1, NOW_MS - 2, NOW_MS - 3].map(isBefore))
    expect(await answers()).to.deep.equal([true, false, false])
    await world.table.clear('a', orderOf({ messageId: 'all', atMs: NOW_MS - 3 }))
    expect(await answers()).to.deep.equal([true, false, false])
    await world.table.clear('a', orderOf({ messageId: 'all', atMs: NOW_MS - 1 }))
    expect(await answers()).to.deep.equal([false, false, false])
  })
})
