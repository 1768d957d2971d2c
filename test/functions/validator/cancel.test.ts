import { expect } from 'chai'
import { asLastAsked, type EventRef, eventKey, type ScheduledEvent } from '../../../core/event.ts'
import type { Lane } from '../../../core/lane.ts'
import type { Outcome } from '../../../core/outcome.ts'
import { attemptAt } from '../../../core/placement.ts'
import { segmentsOf } from '../../../core/segment.ts'
import { emptySettlement } from '../../../core/settlement.ts'
import { slotAt } from '../../../core/slot.ts'
import { CANCEL_MARGIN_MS, LONGEST_WRITE_MS, NEAR_MS, OVERTAKEN_MS, SURE_MS } from '../../../core/timetable.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { FAULTS, failingAt, leasesLapsed } from '../../support/breaking.ts'
import { anEvent, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { aWorld, stepsOf, type World } from '../../support/world.ts'

const PUBLICATION = { messageId: 'the cancel', atMs: NOW_MS }
const requestFor = ({ id, date, dueAtMs }: ScheduledEvent) =>
  ({ action: 'cancel', id, date: { text: date, atMs: dueAtMs }, publication: PUBLICATION }) as const
const cancel = (world: World, event: ScheduledEvent) => world.clock.run(stepsOf(world).cancel(requestFor(event)))
const ids = (world: World) => world.topics.received(topicArn()).map(({ id }) => id)

async function withEvent(event: ScheduledEvent): Promise<World> {
  const world = aWorld({ atMs: NOW_MS })
  await world.table.park([event])
  return world
}

describe('cancelling an event', () => {
  it('leaves alone what was asked for again after that, also where this was noted before it went on to be tried again', async () => {
    const later = { messageId: 'again', atMs: NOW_MS + 1 }
    const event = arriving(-20_000, { publication: { messageId: 'first', atMs: NOW_MS - 99_000 }, askedAgain: later })
    const world = await withEvent(event)
    const next = { slot: slotAt(NOW_MS + 90_000, 0), key: eventKey(NOW_MS + 90_000, event.id, 2) }
    await world.table.conclude({ ...event, kind: 'retrying', atMs: NOW_MS, publication: undefined, next })
    await world.table.park([attemptAt({ ...event, askedAgain: undefined }, next, NOW_MS)])
    expect(await cancel(world, event)).to.equal(undefined)
    expect(world.table.outcomesIn(next.slot)).to.deep.equal([])
  })

  it('leaves alone what was published after that, and is on its way to where nothing stands yet', async () => {
    for (const [laterMs, isLeft] of [
      [1, true],
      [-1, false],
    ] as const) {
      const event = arriving(60_000, { publication: { messageId: 'first', atMs: NOW_MS - 99_000 } })
      const world = await withEvent(event)
      const next = { slot: event.slot, key: eventKey(event.emitAtMs, event.id, 2) }
      const publication = { messageId: 'another', atMs: NOW_MS + laterMs }
      await world.table.conclude({ ...event, kind: 'moved', atMs: NOW_MS, publication, next })
      expect(await cancel(world, event)).to.equal(undefined)
      const kinds = world.table.outcomesIn(event.slot).map(({ kind }) => kind)
      expect(kinds).to.deep.equal(isLeft ? ['moved'] : ['moved', 'cancelled'])
    }
  })

  it('says that an event had gone out which was asked for again after that, and not what went out after it was asked for again', async () => {
    for (const [againMs, code] of [
      [-9_999, undefined],
      [-10_000, undefined],
      [-9_998, 'TOO_LATE'],
    ] as const) {
      const publication = { messageId: 'first', atMs: NOW_MS - 99_000 }
      const askedAgain = { messageId: 'again', atMs: NOW_MS + againMs }
      const event = arriving(-10_000, { publication, askedAgain, acceptedAtMs: NOW_MS - 99_000 })
      const world = await withEvent(event)
      await world.table.checkpoint(event.slot, 0, { delivered: [event.key], lateMs: [1], upTo: '~' })
      const request = { ...requestFor(event), publication: { ...PUBLICATION, atMs: NOW_MS - 20_000 } }
      const answer = await world.clock.run(stepsOf(world).cancel(request))
      expect(answer?.code, `asked again ${againMs} ms from now`).to.equal(code)
      expect(world.table.outcomesIn(event.slot)).to.deep.equal([])
    }
  })

  it('writes down that it is cancelled, and it is not delivered', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    expect(await cancel(world, event)).to.equal(undefined)
    expect(world.table.outcomesIn(event.slot)).to.deep.equal([
      {
        slot: event.slot,
        key: event.key,
        kind: 'cancelled',
        atMs: NOW_MS,
        reason: 'cancelled by its client',
        publication: PUBLICATION,
      },
    ])
    await stepsOf(world).openSlot(event.slot)
    await drain(world)
    expect(ids(world)).to.deep.equal([])
    const line = { level: 'debug', message: 'cancelled', id: event.id, due: event.date }
    expect(world.log.of('cancelled')).to.deep.equal([line])
  })

  it('is possible up to the margin before it is emitted', async () => {
    const event = arriving(CANCEL_MARGIN_MS)
    expect(await cancel(await withEvent(event), event)).to.equal(undefined)
    expect(CANCEL_MARGIN_MS).to.be.below(5_000)
  })

  it('is too late one millisecond later', async () => {
    const event = arriving(CANCEL_MARGIN_MS - 1)
    const world = await withEvent(event)
    expect(await cancel(world, event)).to.have.property('code', 'TOO_LATE')
    expect(world.table.outcomesIn(event.slot)).to.deep.equal([])
    expect(world.log.of('cancelled')).to.deep.equal([])
  })

  it('is too late once it was emitted', async () => {
    const event = arriving(-1_000)
    const refusal = await cancel(await withEvent(event), event)
    expect(refusal).to.have.property('code', 'TOO_LATE')
    expect(refusal?.error).to.match(/has been emitted/)
  })

  it('is honoured always when it was acknowledged five seconds before, though the event is near', async () => {
    for (let aheadMs = 5_000; aheadMs < 5_600; aheadMs += 50) {
      const event = anEvent({ dueAtMs: MINUTE_MS + 40_000, lane: 'near' })
      const world = await withEvent(event)
      const [segment] = segmentsOf(event.slot, [])
      const running = segment && stepsOf(world).deliverSegment(event.slot, segment)
      await world.clock.advanceTo(event.dueAtMs - aheadMs)
      expect(await cancel(world, event)).to.equal(undefined)
      await world.clock.run(running ?? expect.fail())
      expect(ids(world), `${aheadMs} ms ahead`).to.deep.equal([])
    }
  })

  for (const kind of ['failed', 'expired', 'retrying', 'moved'] as const)
    it(`is refused when it is ${kind}, with the reason`, async () => {
      const event = arriving(60_000)
      const world = await withEvent(event)
      await world.table.conclude({ ...event, kind, atMs: 1, reason: 'the moon' })
      const refusal = await cancel(world, event)
      expect(refusal).to.have.property('code', 'EVENT_ENDED')
      expect(refusal?.error).to.match(/the moon/)
    })

  it('is refused when somebody is emitting it', async () => {
    const event = arriving(4_000)
    const world = await withEvent(event)
    await world.table.claim(event, 'express')
    expect(await cancel(world, event)).to.have.property('code', 'TOO_LATE')
  })

  it('is the same when it is done twice', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    await cancel(world, event)
    expect(await cancel(world, event)).to.equal(undefined)
  })

  it('stops the next attempt that was decided on and is not parked yet, and is not told that there is none', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    const retryAtMs = NOW_MS + 120_000
    const next = { slot: slotAt(retryAtMs, 0), key: eventKey(retryAtMs, event.id, 2) }
    await world.table.conclude({ ...event, kind: 'retrying', atMs: 1, next })
    expect(await cancel(world, event)).to.equal(undefined)
    expect(world.table.outcomesIn(next.slot)[0]).to.include({ kind: 'cancelled', key: next.key })
  })

  it('stops one that was past due on arrival and is not parked yet, however late', async () => {
    const event = arriving(-20_000, { publication: { messageId: 'the event', atMs: NOW_MS - 1 } })
    const world = aWorld({ atMs: NOW_MS })
    const next = { slot: slotAt(NOW_MS, 0), key: event.key }
    await world.table.conclude({ ...event, kind: 'moved', atMs: NOW_MS, next })
    expect(await cancel(world, event)).to.equal(undefined)
    await world.clock.run(stepsOf(world).schedule([event]))
    await drain(world)
    expect(ids(world)).to.deep.equal([])
  })

  it('stops the next attempt of a retrying event', async () => {
    const event = arriving(-20_000)
    const next = { ...anEvent({ id: event.id, dueAtMs: event.dueAtMs, emitAtMs: NOW_MS + 60_000, attempt: 2 }) }
    const world = await withEvent(event)
    await world.table.park([next])
    await world.table.conclude({ ...event, kind: 'retrying', atMs: 1, next })
    expect(await cancel(world, event)).to.equal(undefined)
    expect(world.table.outcomesIn(next.slot).map(({ key, kind }) => [key, kind])).to.deep.include([
      next.key,
      'cancelled',
    ])
  })

  it('takes effect on an event that arrives after it', async () => {
    const event = arriving(60_000, { publication: { messageId: 'the event', atMs: NOW_MS - 1 } })
    const world = aWorld({ atMs: NOW_MS })
    const refusal = await cancel(world, event)
    expect(refusal).to.have.property('code', 'EVENT_NOT_FOUND')
    await world.clock.run(stepsOf(world).schedule([event]))
    await drain(world)
    expect(ids(world)).to.deep.equal([])
  })

  it('finds an event that it overtook by less than a second', async () => {
    const event = arriving(60_000)
    const world = aWorld({ atMs: NOW_MS })
    const work = stepsOf(world).cancel(requestFor(event))
    await world.clock.advance(900)
    await world.table.park([event])
    expect(await world.clock.run(work)).to.equal(undefined)
  })

  it('takes effect on an event that arrives after it when its date has passed', async () => {
    const event = arriving(-60_000, { publication: { messageId: 'the event', atMs: NOW_MS - 1 } })
    const world = aWorld({ atMs: NOW_MS })
    expect(await cancel(world, event)).to.have.property('code', 'EVENT_NOT_FOUND')
    await world.clock.run(stepsOf(world).schedule([event]))
    await drain(world)
    expect(ids(world)).to.deep.equal([])
  })

  it('leaves an event that was published after it, and is parked while it is written', async () => {
    const event = arriving(60_000, { publication: { messageId: 'the event', atMs: NOW_MS + 1 } })
    const world = aWorld({ atMs: NOW_MS })
    const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
      await world.table.park([event])
      return world.table.concludeFirst(outcome)
    }
    const racing = { ...world, table: { ...world.table, concludeFirst } }
    expect(await cancel(racing, event)).to.equal(undefined)
    await stepsOf(world).openSlot(event.slot)
    await drain(world)
    expect(ids(world)).to.deep.equal([event.id])
  })

  it('is done when it comes again after another has taken the place of what it stopped, whatever became of that', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    expect(await cancel(world, event)).to.equal(undefined)
    const next = { ...event, payload: 'next', publication: { messageId: 'next', atMs: NOW_MS + 1 } }
    await world.clock.run(stepsOf(world).schedule([next]))
    const [pointer] = world.table.outcomesIn(event.slot)
    await world.table.conclude({ ...(pointer?.next as EventRef), kind: 'failed', atMs: NOW_MS + 60_000 })
    expect(await cancel(world, event)).to.equal(undefined)
  })

  it('is decided by when it was published: handled twice, by two clocks on either side of the margin, it is answered alike', async () => {
    for (const aheadMs of [CANCEL_MARGIN_MS, CANCEL_MARGIN_MS - 1]) {
      const event = arriving(aheadMs, { lane: 'near' })
      const world = await withEvent(event)
      const behind = await cancel(world, event)
      await world.clock.advance(2_000)
      await world.table.settle(event.slot, 0, emptySettlement())
      expect((await cancel(world, event))?.code).to.equal(behind?.code)
      expect(behind === undefined).to.equal(aheadMs >= CANCEL_MARGIN_MS)
    }
  })

  it('is refused when it was published in time, and handled after the event went out', async () => {
    const event = arriving(60_000, { lane: 'near' })
    const world = await withEvent(event)
    await world.table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '~', lateMs: [] })
    await world.clock.advance(70_000)
    expect(await cancel(world, event)).to.have.property('code', 'TOO_LATE')
    expect(world.table.outcomesIn(event.slot)).to.deep.equal([])
  })

  it('is refused when it took so long that the event went out', async () => {
    const event = arriving(CANCEL_MARGIN_MS, { lane: 'near' })
    const world = await withEvent(event)
    const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
      await world.clock.sleep(4_000)
      await world.table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '~', lateMs: [] })
      return world.table.concludeFirst(outcome)
    }
    const slow = { ...world, table: { ...world.table, concludeFirst } }
    expect(await cancel(slow, event)).to.have.property('code', 'TOO_LATE')
  })

  /** A cancel whose write is acknowledged so long before its event is to be emitted: the code of the answer, if it has one. */
  async function acknowledged(aheadMs: number, lane: Lane = 'near') {
    const event = arriving(CANCEL_MARGIN_MS, { lane })
    const world = await withEvent(event)
    const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
      await world.clock.sleep(CANCEL_MARGIN_MS - aheadMs)
      return world.table.concludeFirst(outcome)
    }
    const answer = await cancel({ ...world, table: { ...world.table, concludeFirst } }, event).catch((fault) => fault)
    return { world, event, code: answer?.code }
  }

  it('holds when it was written three seconds before, which every emitter sees', async () => {
    expect((await acknowledged(SURE_MS)).code).to.equal(undefined)
  })

  it('holds whenever it was written, where the event is the express lane’s: that claims it first', async () => {
    for (const aheadMs of [SURE_MS - 1, 0, -100])
      expect((await acknowledged(aheadMs, 'express')).code, `${aheadMs} ms before`).to.equal(undefined)
  })

  it('holds when it comes back late, if its write was sure to be over three seconds before; in doubt a millisecond later', async () => {
    for (const [lateMs, code] of [
      [0, undefined],
      [1, 'CANCEL_IN_DOUBT'],
    ] as const) {
      const event = arriving(SURE_MS + LONGEST_WRITE_MS - lateMs, { lane: 'near' })
      const world = await withEvent(event)
      expect(await cancel(world, event)).to.equal(undefined)
      await world.clock.advanceTo(event.emitAtMs - 1_000)
      const again = await cancel(world, event).catch((fault) => fault)
      expect(again?.code).to.equal(code)
    }
  })

  it('is in doubt when it was written later, and comes back until it shows whether the event went out', async () => {
    for (const aheadMs of [SURE_MS - 1, 1_000, 1, 0, -100]) {
      const { world, event, code } = await acknowledged(aheadMs)
      expect(code, `${aheadMs} ms before`).to.equal('CANCEL_IN_DOUBT')
      const again = await cancel(world, event).catch((fault) => fault)
      expect(again, `${aheadMs} ms before`).to.have.property('code', 'CANCEL_IN_DOUBT')
      await world.table.settle(event.slot, 0, emptySettlement())
      expect(await cancel(world, event), `${aheadMs} ms before`).to.equal(undefined)
    }
  })

  it('is refused when it comes back, once a checkpoint names the event', async () => {
    const { world, event } = await acknowledged(SURE_MS - 1)
    await world.table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '~', lateMs: [] })
    expect(await cancel(world, event)).to.have.property('code', 'TOO_LATE')
  })

  it('loses to whoever writes an outcome first', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
      await world.table.conclude({ ...event, kind: 'expired', atMs: 1, reason: 'first' })
      return world.table.concludeFirst(outcome)
    }
    expect(await cancel({ ...world, table: { ...world.table, concludeFirst } }, event)).to.have.property(
      'code',
      'EVENT_ENDED',
    )
  })

  for (const fault of FAULTS)
    it(`is done when any call ${fault} and the message is redelivered`, async () => {
      for (let at = 1, done = false; !done; at++) {
        const event = arriving(60_000)
        const world = await withEvent(event)
        const failing = failingAt(world, at, fault)
        await world.clock.run(stepsOf(failing).cancel(requestFor(event))).catch(() => {})
        done = failing.calls() < at
        expect(await cancel(leasesLapsed(world), event)).to.equal(undefined)
        await stepsOf(world).openSlot(event.slot)
        await drain(world)
        expect(ids(world)).to.deep.equal([])
      }
    })
})

describe('what a client is told of a cancel that is not carried out', () => {
  const told = async (event: ScheduledEvent, world: World) => (await cancel(world, event))?.error

  it('says that there is no such event, and that one that arrives later stays cancelled, whenever it is due', async () => {
    for (const aheadMs of [60_000, 1_000, 0, -60_000]) {
      const event = arriving(aheadMs, { id: 'a' })
      expect(await told(event, aWorld({ atMs: NOW_MS }))).to.equal(
        `No event a is scheduled for ${event.date}. Check id and date; if it arrives after all, it stays cancelled.`,
      )
    }
  })

  it('says how the event has ended, and why, if that is known', async () => {
    for (const [reason, because] of [
      ['the moon', 'the moon'],
      [undefined, 'no reason given'],
    ] as const) {
      const event = arriving(60_000)
      const world = await withEvent(event)
      await world.table.conclude({ ...event, kind: 'failed', atMs: 1, reason })
      expect(await told(event, world)).to.equal(`The event is already failed: ${because}.`)
    }
  })

  it('says that it has gone out, where it did long before its date by a clock that is wrong', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    const { slot, key } = event
    await world.table.checkpoint(slot, 0, { delivered: [key], upTo: key, lateMs: [0] })
    const refusal = await cancel(world, event)
    expect(refusal).to.include({ code: 'TOO_LATE' })
    expect(refusal?.error).to.match(/^The event has been emitted\./)
  })

  it('says how late it is, up to the millisecond in which the event is emitted', async () => {
    const until = `Changes are taken until ${CANCEL_MARGIN_MS} ms before.`
    for (const [aheadMs, when] of [
      [CANCEL_MARGIN_MS - 1, `is emitted ${CANCEL_MARGIN_MS - 1} ms after this was published`],
      [1, 'is emitted 1 ms after this was published'],
      [0, 'has been emitted'],
    ] as const) {
      const event = arriving(aheadMs)
      expect(await told(event, await withEvent(event))).to.equal(`The event ${when}. ${until}`)
    }
  })

  it('says that an event is being delivered which was taken up before its time, though it was published in time', async () => {
    const taken = async (aheadMs: number) => {
      const event = arriving(aheadMs, { lane: 'express' })
      const world = await withEvent(event)
      await world.table.claim(event, 'an execution')
      return told(event, world)
    }
    expect(await taken(CANCEL_MARGIN_MS)).to.equal(
      `The event is being delivered: one that is scheduled less than ${NEAR_MS} ms ahead, or is late, is taken up at once.`,
    )
    expect(await taken(CANCEL_MARGIN_MS - 1)).to.match(/^The event is emitted 3499 ms after this was published/)
  })
})

describe('a cancel of an event that is not there', () => {
  it('waits for it a second from when it was published, and a second at most', async () => {
    for (const [publishedMs, expected] of [
      [-OVERTAKEN_MS, []],
      [1 - OVERTAKEN_MS, [1]],
      [60_000, [OVERTAKEN_MS]],
    ] as const) {
      const world = aWorld({ atMs: NOW_MS })
      const waits: number[] = []
      const clock = { ...world.clock, sleep: async (ms: number) => void waits.push(ms) }
      const request = requestFor(arriving(60_000))
      const publication = { ...PUBLICATION, atMs: NOW_MS + publishedMs }
      expect(await stepsOf({ ...world, clock }).cancel({ ...request, publication })).to.have.property('code')
      expect(waits, `published ${publishedMs} ms from now`).to.deep.equal(expected)
    }
  })

  it('does not wait for one that has ended, of which its end is all that is left', async () => {
    const { slot, key, ...event } = arriving(60_000)
    const world = aWorld({ atMs: NOW_MS })
    await world.table.conclude({ slot, key, kind: 'expired', atMs: 1, reason: 'the moon' })
    expect(await cancel(world, { ...event, slot, key })).to.have.property('code', 'EVENT_ENDED')
    expect(world.clock.now()).to.equal(NOW_MS)
  })

  it('takes one that arrives meanwhile, though it is due within the margin', async () => {
    const event = arriving(2_000)
    const world = aWorld({ atMs: NOW_MS })
    const work = stepsOf(world).cancel(requestFor(event))
    await world.clock.advance(500)
    await world.table.park([event])
    expect(await world.clock.run(work)).to.equal(undefined)
    await drain(world)
    expect(ids(world)).to.deep.equal([])
  })

  it('is told of, and not said to be done', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await cancel(world, arriving(60_000))
    expect(world.log.of('cancelled')).to.deep.equal([])
  })
})

describe('a cancel of what is cancelled', () => {
  const at = (afterMs: number) => ({ messageId: `of ${afterMs}`, atMs: NOW_MS + afterMs })
  const cancelledAt = async (event: ScheduledEvent, more: Partial<Outcome> = {}) => {
    const world = await withEvent(event)
    const { slot, key } = event
    await world.table.conclude({ slot, key, kind: 'cancelled', atMs: NOW_MS, publication: at(0), ...more })
    const again = (afterMs: number) =>
      world.clock.run(stepsOf(world).cancel({ ...requestFor(event), publication: at(afterMs) }))
    return { world, again, outcome: () => world.table.outcomesIn(slot)[0] }
  }

  it('counts when it was published later, and changes nothing when it was not', async () => {
    for (const [afterMs, standing, atMs] of [
      [1, at(1), NOW_MS + 1],
      [0, at(0), NOW_MS],
      [-1, at(0), NOW_MS],
    ] as const) {
      const { again, outcome } = await cancelledAt(arriving(60_000))
      expect(await again(afterMs)).to.equal(undefined)
      expect(outcome()).to.deep.include({ kind: 'cancelled', atMs, publication: standing })
    }
  })

  it('is refused where that was a move to another date', async () => {
    const next = { slot: slotAt(NOW_MS + 600_000, 0), key: 'k' }
    const { again, outcome } = await cancelledAt(arriving(60_000), { next, reason: 'rescheduled' })
    expect(await again(1)).to.deep.equal({ code: 'EVENT_ENDED', error: 'The event is already cancelled: rescheduled.' })
    expect(outcome()).to.deep.include({ publication: at(0), next })
  })

  it('comes back where its event was asked for again after such a move, until it is there again, and stops it', async () => {
    const event = arriving(60_000, { publication: at(-3), askedAgain: { messageId: 'again', atMs: NOW_MS - 1 } })
    const world = await withEvent(event)
    const next = { slot: slotAt(NOW_MS + 600_000, 0), key: eventKey(NOW_MS + 600_000, event.id, 1) }
    const moved = { kind: 'cancelled', atMs: NOW_MS, publication: { messageId: 'move', atMs: NOW_MS - 2 } } as const
    await world.table.conclude({ ...event, ...moved, next, arrived: true })
    const fault = await cancel(world, event).catch((error) => error)
    expect(fault).to.have.property('code', 'CANCEL_IN_DOUBT')
    await world.clock.run(stepsOf(world).schedule([asLastAsked(event)]))
    expect(await cancel(world, event)).to.equal(undefined)
    await drain(world, 15)
    expect(ids(world)).to.deep.equal([])
  })
})
