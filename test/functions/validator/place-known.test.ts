import { expect } from 'chai'
import { type Clearing, orderOf, orderOfCancel } from '../../../core/clearing.ts'
import { eventKey, type ScheduledEvent } from '../../../core/event.ts'
import { KNOWN_FOR_MS } from '../../../core/forgotten.ts'
import type { Outcome } from '../../../core/outcome.ts'
import { attemptAt } from '../../../core/placement.ts'
import { slotAt, slotEndMs } from '../../../core/slot.ts'
import { CANCEL_MARGIN_MS, CLOCK_SKEW_MS } from '../../../core/timetable.ts'
import type { Untold } from '../../../core/untold.ts'
import { SEEN_BY_ALL_MS } from '../../../functions/validator/doubt.ts'
import { placeKnown } from '../../../functions/validator/place-known.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { anEvent, topicArn } from '../../support/builders.ts'
import { aWorld, stepsOf, type World } from '../../support/world.ts'

const THEN_MS = NOW_MS - 1_000
const place = (world: World, event: ScheduledEvent, clearing?: Clearing) =>
  world.clock.run(placeKnown({ ...world, ...stepsOf(world) }, event, clearing))
/** The event `a` as it is published now. */
const published = (inMs: number, fields: Partial<ScheduledEvent> = {}) =>
  arriving(inMs, { id: 'a', publication: { messageId: 'this one', atMs: NOW_MS }, ...fields })
/** The same as it was parked before. */
const earlier = (event: ScheduledEvent, fields: Partial<ScheduledEvent> = {}): ScheduledEvent => ({
  ...event,
  acceptedAtMs: THEN_MS - 1,
  publication: { messageId: 'the first', atMs: THEN_MS - 1 },
  ...fields,
})

async function aWorldIn(...facts: (ScheduledEvent | Outcome)[]): Promise<World> {
  const world = aWorld({ atMs: NOW_MS })
  for (const fact of facts) await ('kind' in fact ? world.table.conclude(fact) : world.table.park([fact]))
  return world
}

const outcomeOf = ({ slot, key }: ScheduledEvent, how: Pick<Outcome, 'kind'> & Partial<Outcome>): Outcome => ({
  slot,
  key,
  atMs: THEN_MS,
  ...how,
})

describe('an event of which nothing is there', () => {
  it('is parked in the slot of its date until its minute is over', async () => {
    const event = published(0)
    const world = await aWorldIn()
    await world.clock.advanceTo(slotEndMs(event.slot) - 1)
    expect(await place(world, event)).to.deep.equal({ park: event })
    expect(world.table.outcomesIn(event.slot)).to.deep.equal([])
  })

  it('goes to the slot of now when its minute is over, and the slot of its date says where', async () => {
    const event = published(0)
    const world = await aWorldIn()
    const nowMs = slotEndMs(event.slot)
    await world.clock.advanceTo(nowMs)
    const next = { slot: slotAt(nowMs, 0), key: event.key }
    expect(await place(world, event)).to.deep.equal({ park: { ...event, ...next } })
    expect(world.table.outcomesIn(event.slot)).to.deep.equal([
      {
        ...outcomeOf(event, { kind: 'moved', reason: 'past due on arrival', next }),
        atMs: nowMs,
        publication: event.publication,
      },
    ])
  })

  it('stays cancelled when all of its id is cancelled while it is placed again, by what was published after it', async () => {
    const event = published(60_000)
    const by = { messageId: 'a cancel', atMs: THEN_MS }
    const next = { slot: event.slot, key: eventKey(event.dueAtMs, 'a', 9) }
    for (const [afterMs, isPlaced] of [
      [1, false],
      [-1, true],
    ] as const) {
      const world = await aWorldIn(outcomeOf(event, { kind: 'cancelled', publication: by, next }))
      const concludeInstead: World['table']['concludeInstead'] = async (outcome, before) => {
        await world.table.clear('a', orderOfCancel({ messageId: 'all', atMs: NOW_MS + afterMs }))
        return world.table.concludeInstead(outcome, before)
      }
      const placement = await place({ ...world, table: { ...world.table, concludeInstead } }, event)
      expect(placement.park !== undefined).to.equal(isPlaced)
      const kinds = world.table.outcomesIn(event.slot).map(({ kind }) => kind)
      expect(kinds).to.deep.equal(isPlaced ? ['moved'] : ['moved', 'cancelled'])
    }
  })

  it('stays cancelled when the cancel was published after it', async () => {
    const event = published(60_000)
    const later = { messageId: 'the cancel', atMs: NOW_MS + 1 }
    const world = await aWorldIn(outcomeOf(event, { kind: 'cancelled', publication: later }))
    expect(await place(world, event)).to.deep.equal({})
  })
})

describe('an event that follows another at its date, which was stopped in time', () => {
  it('goes out though all of its id is cancelled by what was published after it, if that was too late for the other', async () => {
    const event = published(CANCEL_MARGIN_MS + 9, { payload: 'the other' })
    const order = orderOfCancel({ messageId: 'all', atMs: NOW_MS + 10 })
    const cancel = { messageId: 'a cancel', atMs: THEN_MS }
    for (const [dueAtMs, by, isPlaced, publication] of [
      [event.dueAtMs, order, true, event.publication],
      [event.dueAtMs, order, true, cancel],
      // It came too late for something else, or another has come after it.
      [event.dueAtMs + 1, order, false, event.publication],
      [event.dueAtMs, orderOf({ messageId: 'all', atMs: NOW_MS + 9 }), false, event.publication],
    ] as const) {
      const ours = outcomeOf(event, { kind: 'cancelled', publication })
      const world = await aWorldIn(earlier(event, { payload: 'the one' }), ours)
      await world.clock.advance(SEEN_BY_ALL_MS)
      await world.table.clear('a', by)
      await world.table.saveLeft('a', { order: by, dueAtMs: [dueAtMs] })
      await world.table.clear('a', order)
      const placement = await place(world, event, (await world.table.clearingsOf(['a'])).get('a'))
      expect(placement.park?.payload).to.equal(isPlaced ? 'the other' : undefined)
    }
  })

  it('does so where that was tried again, and stopped at a later attempt', async () => {
    const event = published(CANCEL_MARGIN_MS + 9, { payload: 'the other' })
    const before = earlier(event, { payload: 'the one' })
    const next = { slot: slotAt(NOW_MS + 60_000, 0), key: eventKey(NOW_MS + 60_000, 'a', 2) }
    const order = orderOfCancel({ messageId: 'all', atMs: NOW_MS + 10 })
    const stopped = { ...next, kind: 'cancelled', atMs: THEN_MS, publication: event.publication } as const
    const world = await aWorldIn(before, outcomeOf(before, { kind: 'retrying', next }), stopped)
    await world.table.park([attemptAt(before, next, NOW_MS)])
    await world.clock.advance(60_000 + SEEN_BY_ALL_MS)
    await world.table.clear('a', order)
    await world.table.saveLeft('a', { order, dueAtMs: [event.dueAtMs] })
    const placement = await place(world, event, (await world.table.clearingsOf(['a'])).get('a'))
    expect(placement.park?.payload).to.equal('the other')
  })

  it('does not wait for the one that was asked for again, if that was cancelled with all of its id, too late for it', async () => {
    const event = published(CANCEL_MARGIN_MS + 9, { payload: 'the other' })
    const ours = outcomeOf(event, { kind: 'cancelled', publication: event.publication })
    const before = earlier(event, { payload: 'the one' })
    const world = await aWorldIn(before, ours)
    await world.table.askAgain(before, { messageId: 'again', atMs: NOW_MS + 1 })
    await world.clock.advance(SEEN_BY_ALL_MS)
    const order = orderOfCancel({ messageId: 'all', atMs: NOW_MS + 10 })
    await world.table.clear('a', order)
    await world.table.saveLeft('a', { order, dueAtMs: [event.dueAtMs] })
    const placement = await place(world, event, (await world.table.clearingsOf(['a'])).get('a'))
    expect(placement.park?.payload).to.equal('the other')
  })
})

describe('an event that was published before all of its id was cancelled', () => {
  const all = { messageId: 'all', atMs: NOW_MS + 1 }
  const clearing = { order: orderOfCancel(all), doneMs: 0, wentOutMs: 0 }
  const event = published(60_000)

  it('is cancelled where nothing is there, once: who comes second to that finds it so', async () => {
    const world = await aWorldIn()
    for (let i = 0; i < 2; i++) {
      expect(await place(world, event, clearing)).to.deep.equal({})
      expect(world.table.outcomesIn(event.slot)).to.deep.equal([
        {
          ...outcomeOf(event, { kind: 'cancelled', reason: 'cancelled with all of its id', publication: all }),
          atMs: NOW_MS,
        },
      ])
    }
  })

  it('is refused where another has gone on at the same time, which could not be stopped', async () => {
    const world = await aWorldIn()
    const next = { ...earlier(event, { payload: 'another' }), key: eventKey(event.dueAtMs, 'a', 2) }
    const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
      const { slot, key, publication } = next
      await world.table.conclude(outcomeOf(event, { kind: 'moved', publication, next: { slot, key } }))
      await world.table.park([next])
      return world.table.concludeFirst(outcome)
    }
    const placement = await place({ ...world, table: { ...world.table, concludeFirst } }, event, clearing)
    expect(placement.refusal).to.include({ code: 'EVENT_EXISTS' })
    expect(world.table.outcomesIn(event.slot).map(({ kind }) => kind)).to.deep.equal(['moved'])
  })

  it('gives way to one that was published after that, and is parked while it is cancelled', async () => {
    for (const [afterMs, expected] of [
      [2, 'moved'],
      [0, 'cancelled'],
    ] as const) {
      const world = await aWorldIn()
      const later = { ...event, publication: { messageId: 'later', atMs: NOW_MS + afterMs } }
      const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
        await world.table.park([later])
        return world.table.concludeFirst(outcome)
      }
      const placement = await place({ ...world, table: { ...world.table, concludeFirst } }, event, clearing)
      expect(placement.park?.publication).to.deep.equal(expected === 'moved' ? later.publication : undefined)
      expect(world.table.outcomesIn(event.slot)[0]).to.include({ kind: expected })
    }
  })

  it('stays out when the same is there, and is not asked for again', async () => {
    const world = await aWorldIn(earlier(event))
    expect(await place(world, event, clearing)).to.deep.equal({})
    expect(world.table.eventsIn(event.slot)[0]).to.not.have.property('askedAgain')
  })

  it('is refused when another is there that could not be stopped, and not for one that was published since', async () => {
    const other = earlier(event, { payload: 'another' })
    const since = { ...other, publication: { messageId: 'since', atMs: NOW_MS + 2 } }
    expect((await place(await aWorldIn(other), event, clearing)).refusal).to.include({ code: 'EVENT_EXISTS' })
    expect(await place(await aWorldIn(since), event, clearing)).to.deep.equal({})
  })

  it('is not refused for another that has failed', async () => {
    const world = await aWorldIn(earlier(event, { payload: 'another' }), outcomeOf(event, { kind: 'failed' }))
    expect(await place(world, event, clearing)).to.deep.equal({})
  })

  it('stays cancelled where an earlier cancel had met it, which was not meant for it', async () => {
    const publication = { messageId: 'the cancel', atMs: NOW_MS - 1 }
    const world = await aWorldIn(event, outcomeOf(event, { kind: 'cancelled', publication }))
    expect(await place(world, event, clearing)).to.deep.equal({})
    expect(world.table.outcomesIn(event.slot)[0]).to.deep.include({ kind: 'cancelled', publication })
  })

  it('is seen to again when it is there already: whoever cancelled all saw it', async () => {
    const world = await aWorldIn(event)
    expect(await place(world, event, clearing)).to.deep.equal({ dispatch: event })
  })
})

describe('an event that was there so long ago that what became of it may be forgotten', () => {
  const event = published(-KNOWN_FOR_MS - 1)

  it('is refused, in words', async () => {
    expect(await place(await aWorldIn(earlier(event)), event)).to.deep.equal({
      refusal: {
        code: 'EVENT_ENDED',
        error: `Event a for ${event.date} ended so long ago that what became of it is kept no more. Use another id or date.`,
      },
    })
  })

  it('is left alone when its message comes again', async () => {
    expect(await place(await aWorldIn(event), event)).to.deep.equal({})
  })
})

describe('an event that is parked already', () => {
  it('is seen to again as it was parked, by whoever delivers it, and it is noted that it was asked for again', async () => {
    for (const lane of ['express', 'soon', 'near', 'far'] as const) {
      const event = published(1_000)
      const parked = earlier(event, { lane })
      const dispatch = { ...parked, askedAgain: event.publication }
      expect(await place(await aWorldIn(parked), event), lane).to.deep.equal({ dispatch })
    }
  })

  it('says of another that was published before a cancel whether it came too late, once it shows, and never drops it', async () => {
    const event = published(2_000, { lane: 'near' })
    const later = { messageId: 'the cancel', atMs: NOW_MS + 1 }
    const cancelled = outcomeOf(event, { kind: 'cancelled', atMs: NOW_MS, publication: later })
    for (const clearing of [undefined, { order: orderOfCancel(later), doneMs: 0, wentOutMs: 0 }]) {
      const world = await aWorldIn(earlier(event, { payload: 'another' }), cancelled)
      const fault = await place(world, event, clearing).catch((error) => error)
      expect(fault).to.include({ code: 'CANCEL_IN_DOUBT' })
      await world.table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '~', lateMs: [] })
      expect((await place(world, event, clearing)).refusal).to.include({ code: 'EVENT_ENDED' })
    }
  })

  it('says of another that was published before a cancel that it came too late, though that shows only now', async () => {
    const event = published(2_000, { lane: 'near' })
    const publication = { messageId: 'the cancel', atMs: NOW_MS + 1 }
    const cancelled = outcomeOf(event, { kind: 'cancelled', atMs: NOW_MS, publication })
    const world = await aWorldIn(earlier(event, { payload: 'another' }), cancelled)
    let looks = 0
    const runnerRecord: World['table']['runnerRecord'] = async (slot) => {
      if (++looks === 2) await world.table.checkpoint(slot, 0, { delivered: [event.key], upTo: '~', lateMs: [] })
      return world.table.runnerRecord(slot)
    }
    const placement = await place({ ...world, table: { ...world.table, runnerRecord } }, event)
    expect(placement.refusal).to.include({ code: 'EVENT_ENDED' })
  })

  it('refuses another of its id and date after it was delivered, in words', async () => {
    const event = published(0)
    const world = await aWorldIn(earlier(event, { payload: 'another' }))
    await world.table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '~', lateMs: [] })
    expect(await place(world, event)).to.deep.equal({
      refusal: {
        code: 'EVENT_ENDED',
        error: `Event a for ${event.date} has been delivered, with other fields. Use another id or date.`,
      },
    })
  })
})

describe('an event that comes again after it was delivered', () => {
  it('tells nothing, though another took its place when it had failed, and went out', async () => {
    const event = published(-60_000)
    const at = (attempt: number) => ({ slot: slotAt(NOW_MS, 0), key: eventKey(event.dueAtMs, 'a', attempt) })
    const another = { ...earlier(event, { payload: 'another' }), ...at(3) }
    const { publication } = event
    const world = await aWorldIn(
      outcomeOf(event, { kind: 'retrying', publication, next: at(2) }),
      { ...event, ...at(2) },
      { ...at(2), atMs: THEN_MS, kind: 'retrying', publication: another.publication, next: at(3) },
      another,
    )
    await world.table.checkpoint(another.slot, 0, { delivered: [another.key], upTo: '~', lateMs: [] })
    expect(await place(world, event)).to.deep.equal({})
  })

  it('is refused when what it has cancelled to take its place went out all the same', async () => {
    const event = published(0)
    const { publication } = event
    const world = await aWorldIn(
      earlier(event, { payload: 'another' }),
      outcomeOf(event, { kind: 'cancelled', publication }),
    )
    await world.table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '~', lateMs: [] })
    expect((await place(world, event)).refusal).to.include({ code: 'EVENT_ENDED' })
  })
})

describe('an event that comes where another was rescheduled from', () => {
  const event = published(60_000)
  const next = { slot: event.slot, key: eventKey(event.dueAtMs + 1, 'a', 1) }
  const aWorldMoved = async (afterMs: number, fields: Partial<ScheduledEvent> = {}, more: Partial<Outcome> = {}) => {
    const publication = { messageId: 'the move', atMs: NOW_MS + afterMs }
    const cancelled = outcomeOf(event, { kind: 'cancelled', publication, next, ...more })
    return aWorldIn(earlier(event, fields), cancelled)
  }

  it('is refused, in words, when it was published before that', async () => {
    expect(await place(await aWorldMoved(1, { payload: 'another' }), event)).to.deep.equal({
      refusal: {
        code: 'EVENT_ENDED',
        error: `Event a for ${event.date} was rescheduled, with other fields, after this was published and before it arrived. Publish it again.`,
      },
    })
  })

  it('tells nothing when it is the same, or comes again, though it is not known yet that that has come to its new date', async () => {
    expect(await place(await aWorldMoved(1), event)).to.deep.equal({})
    const { publication } = event
    expect(await place(await aWorldMoved(1, { payload: 'another', publication }), event)).to.deep.equal({})
  })

  it('comes back when it was published after that, until that has come to its new date', async () => {
    const fault = await place(await aWorldMoved(-1), event).catch((error) => error)
    expect(fault).to.include({ code: 'CANCEL_IN_DOUBT' })
    expect(await place(await aWorldMoved(-1, {}, { arrived: true }), event))
      .to.have.nested.property('park.key')
      .not.equal(event.key)
  })

  it('takes the place of another that was stopped there in time', async () => {
    const placement = await place(await aWorldMoved(-1, { payload: 'another' }, { arrived: true }), event)
    expect(placement.park).to.include({ payload: event.payload })
  })
})

describe('an event in whose place another came, after it had taken that and before it was written', () => {
  const came = async (more: (there: ScheduledEvent) => (ScheduledEvent | Outcome)[]) => {
    const event = published(-120_000)
    const next = { slot: slotAt(NOW_MS, 0), key: event.key }
    const { publication } = event
    const pointer = outcomeOf(event, { kind: 'moved', reason: 'past due on arrival', publication, next })
    const there = earlier({ ...event, ...next, payload: 'another' })
    const world = await aWorldIn(pointer, there, ...more(there))
    return { world, event, there }
  }

  it('is refused, in words, while that is tried again', async () => {
    const { world, event } = await came((there) => {
      const { slot: _slot, key: _key, ...fields } = there
      const next = anEvent({ ...fields, emitAtMs: NOW_MS + 90_000, attempt: 2 })
      return [next, outcomeOf(there, { kind: 'retrying', next: { slot: next.slot, key: next.key } })]
    })
    expect((await place(world, event)).refusal).to.include({ code: 'EVENT_EXISTS' })
  })

  it('is refused, in words, after that was delivered', async () => {
    const { world, event, there } = await came(() => [])
    await world.table.checkpoint(there.slot, 0, { delivered: [there.key], upTo: '~', lateMs: [] })
    expect((await place(world, event)).refusal).to.include({ code: 'EVENT_ENDED' })
  })
})

describe('an event that was cancelled and is scheduled again', () => {
  const attempt = { attempt: 3 }

  it('begins anew as its first attempt, and the place where it was cancelled says where', async () => {
    const event = published(60_000)
    const world = await aWorldIn(earlier(event, attempt), outcomeOf(event, { kind: 'cancelled' }))
    const next = { slot: event.slot, key: eventKey(event.dueAtMs, 'a', 2) }
    expect(await place(world, event)).to.deep.equal({ park: { ...event, ...next } })
    const reason = 'scheduled again after it was cancelled'
    expect(world.table.outcomesIn(event.slot)).to.deep.equal([
      {
        ...outcomeOf(event, { kind: 'moved', reason, attempts: 3, next }),
        atMs: NOW_MS,
        publication: event.publication,
      },
    ])
  })

  it('is put into the slot of its date until its minute is over, and then into that of now', async () => {
    const event = published(0)
    const { slot } = event
    for (const [nowMs, expected] of [
      [slotEndMs(slot) - 1, slot],
      [slotEndMs(slot), slotAt(slotEndMs(slot), 0)],
    ] as const) {
      const world = await aWorldIn(earlier(event), outcomeOf(event, { kind: 'cancelled' }))
      await world.clock.advanceTo(nowMs)
      expect((await place(world, event)).park?.slot).to.equal(expected)
    }
  })

  for (const [what, since] of [
    ['was asked for again', { askedAgain: { messageId: 'again', atMs: NOW_MS - 1 } }],
    ['was published', { publication: { messageId: 'again', atMs: NOW_MS - 1 } }],
    ['was published after it, and', { publication: { messageId: 'again', atMs: NOW_MS + 1 } }],
  ] as const)
    it(`comes back where another ${what} after the cancel, until that is there again, and then is refused`, async () => {
      const event = published(60_000)
      const before = earlier(event, { payload: 'another', ...since })
      const cancel = { messageId: 'the cancel', atMs: NOW_MS - 2 }
      const cancelled = outcomeOf(before, { kind: 'cancelled', publication: cancel })
      const world = await aWorldIn(before, cancelled)
      const fault = await place(world, event).catch((error) => error)
      expect(fault).to.include({
        code: 'CANCEL_IN_DOUBT',
        message: `Event a for ${event.date} was asked for after its cancel, and is not there again yet. The request comes back.`,
      })
      const again = { ...before, publication: before.askedAgain ?? before.publication, askedAgain: undefined }
      await world.clock.run(stepsOf(world).schedule([again]))
      expect((await place(world, event)).refusal).to.include({ code: 'EVENT_EXISTS' })
    })

  it('comes back while it may have gone out though it was cancelled', async () => {
    const event = published(2_000, { lane: 'near' })
    const publication = { messageId: 'the cancel', atMs: NOW_MS - 1 }
    const world = await aWorldIn(earlier(event), outcomeOf(event, { kind: 'cancelled', atMs: NOW_MS, publication }))
    expect(await place(world, event).catch((error) => error)).to.include({ code: 'CANCEL_IN_DOUBT' })
  })

  it('does not take the place of one that was cancelled with what itself has replaced: whoever meets that gives it again', async () => {
    const event = published(60_000)
    const replacing = { messageId: 'the replacing one', atMs: NOW_MS - 1 }
    const there = earlier(event, { payload: 'another', publication: replacing })
    const world = () => aWorldIn(there, outcomeOf(there, { kind: 'cancelled', publication: replacing }))
    expect(await place(await world(), event).catch((error) => error)).to.include({ code: 'CANCEL_IN_DOUBT' })
    const clearing = { order: orderOf(replacing), doneMs: 0, wentOutMs: 0 }
    const replaced = earlier(event, { publication: { messageId: 'the replaced one', atMs: NOW_MS - 2 } })
    const next = { slot: event.slot, key: eventKey(event.dueAtMs, 'a', 2) }
    for (const payload of ['another', 'replaced']) {
      const { park } = await place(await world(), { ...replaced, payload }, clearing)
      expect(park).to.include({ ...next, payload: 'another' })
    }
  })

  it('takes the place of one that was asked for again, and cancelled after that', async () => {
    const event = published(60_000)
    const askedAgain = { messageId: 'again', atMs: NOW_MS - 2 }
    const cancel = { messageId: 'the cancel', atMs: NOW_MS - 1 }
    const before = earlier(event, { payload: 'another', askedAgain })
    const world = await aWorldIn(before, outcomeOf(before, { kind: 'cancelled', publication: cancel }))
    expect((await place(world, event)).park).to.include({ payload: event.payload })
  })

  it('is parked as its first attempt by whoever finds that it is not, after a crash', async () => {
    const event = published(60_000)
    const next = { slot: event.slot, key: eventKey(event.dueAtMs, 'a', 2) }
    const { publication } = event
    const pointer = outcomeOf(event, { kind: 'moved', attempts: 3, next, publication })
    const world = await aWorldIn(earlier(event, attempt), pointer)
    expect(await place(world, event)).to.deep.equal({ park: { ...event, ...next } })
  })
})

describe('an event that comes to a place to which another is on its way', () => {
  const event = published(60_000)
  const next = { slot: event.slot, key: eventKey(event.dueAtMs, 'a', 2) }
  const onItsWay = (afterMs: number) => {
    const publication = { messageId: 'the other', atMs: NOW_MS + afterMs }
    return aWorldIn(outcomeOf(event, { kind: 'moved', next, publication }))
  }

  it('takes it unless it was published before: then something between the two may have cancelled it, and it comes back', async () => {
    for (const afterMs of [-1, 0]) expect((await place(await onItsWay(afterMs), event)).park).to.include(next)
    const fault = await place(await onItsWay(1), event).catch((error) => error)
    expect(fault).to.include({ code: 'CANCEL_IN_DOUBT' })
  })
})

describe('an event that has failed or expired and is scheduled again', () => {
  for (const kind of ['failed', 'expired'] as const)
    it(`gets its next attempt, with the fields of the new message, when it has ${kind}`, async () => {
      const event = published(-120_000, { payload: 'mended' })
      const world = await aWorldIn(
        earlier(event, { payload: 'broken', attempt: 2 }),
        outcomeOf(event, { kind, attempts: 2 }),
      )
      const next = { slot: slotAt(NOW_MS, 0), key: eventKey(event.dueAtMs, 'a', 2) }
      expect(await place(world, event)).to.deep.equal({ park: { ...event, ...next, lane: 'express', attempt: 3 } })
      expect(world.table.outcomesIn(event.slot)[0]).to.deep.include({
        kind: 'retrying',
        attempts: 2,
        reason: `scheduled again after it was ${kind}`,
        publication: event.publication,
      })
    })

  it('gets its first where only its end is left', async () => {
    const event = published(-120_000)
    const world = await aWorldIn(outcomeOf(event, { kind: 'failed' }))
    expect((await place(world, event)).park).to.include({ attempt: 1 })
  })

  it('gets it while its latest time has not passed, and is refused after that, in words', async () => {
    const event = published(-120_000, { latest: 'then', latestAtMs: NOW_MS })
    const facts = [earlier(event), outcomeOf(event, { kind: 'expired' })]
    expect((await place(await aWorldIn(...facts), event)).park).to.include({ attempt: 2 })
    expect(await place(await aWorldIn(...facts), { ...event, latestAtMs: NOW_MS - 1 })).to.deep.equal({
      refusal: {
        code: 'EVENT_ENDED',
        error: 'The event has expired, and latest then has passed. Publish it with a later one, or none.',
      },
    })
  })

  it('changes nothing when it was published before the event ended, whatever its latest time', async () => {
    const event = published(-120_000, {
      latestAtMs: NOW_MS - 1,
      publication: { messageId: 'this one', atMs: THEN_MS - CLOCK_SKEW_MS },
    })
    const world = await aWorldIn(earlier(event), outcomeOf(event, { kind: 'expired' }))
    expect(await place(world, event)).to.deep.equal({})
  })

  it('gets its next attempt when its client was told and published it at once, by a clock that is behind', async () => {
    const event = published(-120_000, { publication: { messageId: 'this one', atMs: THEN_MS - CLOCK_SKEW_MS + 1 } })
    for (const kind of ['failed', 'expired'] as const) {
      const first = { messageId: 'the first', atMs: THEN_MS - CLOCK_SKEW_MS }
      const world = await aWorldIn(earlier(event, { publication: first }), outcomeOf(event, { kind }))
      expect((await place(world, event)).park).to.include({ attempt: 2 })
    }
  })

  it('gets its next attempt when the event failed while it was noted that it was asked for again', async () => {
    const event = published(-120_000)
    const askedAgain = event.publication
    const world = await aWorldIn(earlier(event, { askedAgain }), outcomeOf(event, { kind: 'failed' }))
    expect((await place(world, event)).park).to.include({ attempt: 2 })
  })

  it('does not go out when it was published before that was asked for last, however soon after: its cancel may have met that', async () => {
    const later = { messageId: 'later', atMs: NOW_MS + 1 }
    const event = published(-120_000)
    for (const asked of [{ publication: later }, { askedAgain: later }])
      for (const kind of ['failed', 'expired'] as const) {
        const comesTo = async (fields: Partial<ScheduledEvent>) =>
          place(await aWorldIn(earlier(event, { ...asked, ...fields }), outcomeOf(event, { kind })), event)
        expect((await comesTo({ payload: 'another' })).refusal).to.include({ code: 'EVENT_EXISTS' })
        expect(await comesTo({})).to.deep.equal({})
      }
  })

  it('changes nothing when its message comes again, though by the clock of its emitter it ended before it was published', async () => {
    const event = published(-120_000)
    const world = await aWorldIn(event, outcomeOf(event, { kind: 'failed' }))
    expect(await place(world, event)).to.deep.equal({})
  })

  it('is refused when another was, and this was published before that ended, but not when it comes again', async () => {
    const publication = { messageId: 'this one', atMs: THEN_MS - CLOCK_SKEW_MS }
    const event = published(-120_000, { publication })
    const failed = outcomeOf(event, { kind: 'failed' })
    const comesTo = async (fields: Partial<ScheduledEvent>) =>
      place(await aWorldIn(earlier(event, fields), failed), event)
    expect((await comesTo({ payload: 'another' })).refusal).to.include({ code: 'EVENT_EXISTS' })
    expect(await comesTo({ payload: 'another', publication })).to.deep.equal({})
  })

  it('is parked as its next attempt by whoever finds that it is not, after a crash', async () => {
    const event = published(-120_000, { payload: 'mended' })
    const next = { slot: slotAt(NOW_MS, 0), key: eventKey(event.dueAtMs, 'a', 2) }
    const pointer = outcomeOf(event, { kind: 'retrying', next, publication: { messageId: 'that', atMs: THEN_MS } })
    const parked = { ...event, ...next, lane: 'express', attempt: 4 }
    const world = await aWorldIn(earlier(event, { payload: 'broken', attempt: 3 }), pointer)
    expect(await place(world, event)).to.deep.equal({ park: parked })
    expect(await place(await aWorldIn(pointer), event)).to.deep.equal({ park: { ...parked, attempt: 1 } })
  })
})

describe('an event whose next attempt was decided on and is not parked', () => {
  const event = published(-20_000)
  const retryAtMs = NOW_MS + 90_000
  const next = { slot: slotAt(retryAtMs, 0), key: eventKey(retryAtMs, 'a', 2) }
  const first = earlier(event, { attempt: 3, target: topicArn() })

  it('is parked as it was, for when it is to be tried again', async () => {
    const world = await aWorldIn(first, outcomeOf(event, { kind: 'retrying', attempts: 3, next }))
    expect(await place(world, event)).to.deep.equal({
      park: { ...first, ...next, emitAtMs: retryAtMs, lane: 'near', attempt: 4 },
    })
  })

  it('does not count a try that was none', async () => {
    const world = await aWorldIn(first, outcomeOf(event, { kind: 'retrying', attempts: 2, next }))
    expect((await place(world, event)).park).to.include({ attempt: 3 })
  })

  it('is not delivered again when it has failed, and only its failure is to be told', async () => {
    const untold: Untold = { kind: 'failed', code: 'TARGET_NOT_FOUND', error: 'e', reason: 'r', sinceMs: THEN_MS }
    const world = await aWorldIn(first, outcomeOf(event, { kind: 'retrying', attempts: 2, next, untold }))
    expect((await place(world, event)).park).to.deep.include({ untold })
  })

  it('refuses another of its id and date', async () => {
    const world = await aWorldIn(first, outcomeOf(event, { kind: 'retrying', attempts: 3, next }))
    expect(await place(world, { ...event, payload: 'another' })).to.have.nested.property('refusal.code', 'EVENT_EXISTS')
  })
})
