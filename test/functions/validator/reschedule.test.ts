import { expect } from 'chai'
import { orderOf } from '../../../core/clearing.ts'
import type { SchedulerError } from '../../../core/errors.ts'
import { eventKey, type ScheduledEvent } from '../../../core/event.ts'
import type { Outcome } from '../../../core/outcome.ts'
import { attemptAt } from '../../../core/placement.ts'
import type { RescheduleRequest } from '../../../core/request.ts'
import { slotAt } from '../../../core/slot.ts'
import { CANCEL_MARGIN_MS, CLOCK_SKEW_MS } from '../../../core/timetable.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { FAULTS, failingAt, leasesLapsed } from '../../support/breaking.ts'
import { anEvent, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { cutOff, instant, NEW_MS, received, requestFor, reschedule, withEvent } from '../../support/rescheduling.ts'
import { aWorld, stepsOf, type World } from '../../support/world.ts'

describe('rescheduling an event', () => {
  it('has it delivered at the new date, with all its fields, and not at the old', async () => {
    const event = arriving(60_000, { payload: 'as it was', failureTopic: topicArn('f') })
    const world = await withEvent(event)
    expect(await reschedule(world, event)).to.equal(undefined)
    const moved = anEvent({ ...event, dueAtMs: NEW_MS, emitAtMs: NEW_MS, date: instant(NEW_MS).text })
    const place = { slot: '2026-11-23T12-40Z-00', key: `00${NEW_MS}#${event.id}`, lane: 'far' as const }
    expect(await world.table.find([place])).to.deep.equal([
      { ...moved, ...place, acceptedAtMs: NOW_MS, publication: requestFor(event).publication },
    ])
    await drain(world, 15)
    expect(received(world).map(({ payload, attributes }) => [payload, attributes.due])).to.deep.equal([
      ['as it was', instant(NEW_MS).text],
    ])
  })

  it('points from the old date to the new', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    await reschedule(world, event)
    expect(world.table.outcomesIn(event.slot)[0]).to.deep.include({
      kind: 'cancelled',
      reason: `rescheduled to ${instant(NEW_MS).text}`,
      next: { slot: '2026-11-23T12-40Z-00', key: `00${NEW_MS}#${event.id}` },
    })
  })

  it('may give it another payload and another target', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    await reschedule(world, event, { payload: 'new', target: topicArn('other') })
    await drain(world, 15)
    expect(received(world)).to.deep.equal([])
    expect(world.topics.received(topicArn('other')).map(({ payload }) => payload)).to.deep.equal(['new'])
  })

  it('may bring it forward: to now, and to the same minute', async () => {
    for (const newMs of [NOW_MS + 1_000, NOW_MS + 20_000]) {
      const event = arriving(30_000)
      const world = await withEvent(event)
      expect(await reschedule(world, event, { newDate: instant(newMs) })).to.equal(undefined)
      await drain(world)
      expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal([instant(newMs).text])
    }
  })

  it('may be done again, from the new date on', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    await reschedule(world, event)
    const moved = anEvent({ id: event.id, dueAtMs: NEW_MS })
    expect(await reschedule(world, moved, { newDate: instant(NEW_MS + 60_000) })).to.equal(undefined)
    await drain(world, 15)
    expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal([instant(NEW_MS + 60_000).text])
  })

  it('is the same when its message is redelivered, also after the event went out', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    await reschedule(world, event)
    expect(await reschedule(world, event)).to.equal(undefined)
    await drain(world, 12)
    expect(await reschedule(world, event)).to.equal(undefined)
    await drain(world)
    expect(received(world)).to.have.length(1)
  })

  it('is refused shortly before it is emitted', async () => {
    const event = arriving(3_000)
    const world = await withEvent(event)
    expect(await reschedule(world, event)).to.have.property('code', 'TOO_LATE')
    await drain(world, 15)
    expect(received(world)).to.have.length(1)
  })

  it('is refused when there is no such event', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const event = arriving(60_000, { id: 'a' })
    expect(await reschedule(world, event)).to.deep.equal({
      code: 'EVENT_NOT_FOUND',
      error: `No event a is scheduled for ${event.date}. Check id and date.`,
    })
  })

  it('is refused when it was cancelled or rescheduled to another date', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    await reschedule(world, event)
    const publication = { messageId: 'another', atMs: NOW_MS + 1 }
    expect(await reschedule(world, event, { newDate: instant(NEW_MS + 1), publication })).to.have.property(
      'code',
      'EVENT_ENDED',
    )
    await drain(world, 15)
    expect(received(world)).to.have.length(1)
  })

  it('is refused when its latest time is less than a second after the new date', async () => {
    const event = arriving(60_000, { latest: 'soon', latestAtMs: NEW_MS + 999 })
    expect(await reschedule(await withEvent(event), event)).to.deep.equal({
      code: 'LATEST_INVALID',
      error: `The event must be delivered by soon, less than 1000 ms after new_date ${instant(NEW_MS).text}. Cancel it and schedule another.`,
    })
    const just = arriving(60_000, { latest: 'soon', latestAtMs: NEW_MS + 1_000 })
    expect(await reschedule(await withEvent(just), just)).to.equal(undefined)
  })

  it('is refused when the new payload is larger than SNS carries, or the event than the table takes', async () => {
    for (const [user, payload, code] of [
      ['a team', 'x'.repeat(262_144), 'PAYLOAD_TOO_LARGE'],
      ['u'.repeat(150_000), 'x'.repeat(250_000), 'MESSAGE_TOO_LARGE'],
    ] as const) {
      const event = arriving(60_000, { user })
      const world = await withEvent(event)
      expect(await reschedule(world, event, { payload })).to.have.property('code', code)
      await drain(world, 15)
      expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal([event.date])
    }
  })

  it('goes to a date at which it was cancelled before, and is delivered there', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    const there = anEvent({ id: event.id, dueAtMs: NEW_MS })
    await world.table.conclude({ ...there, kind: 'cancelled', atMs: 1 })
    expect(await reschedule(world, event)).to.equal(undefined)
    await drain(world, 15)
    expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal([instant(NEW_MS).text])
  })

  it('says at that date that it goes on as another, which begins anew', async () => {
    for (const [kind, attempt] of [
      ['cancelled', undefined],
      ['failed', 3],
    ] as const) {
      const event = arriving(60_000)
      const world = await withEvent(event)
      const there = anEvent({ id: event.id, dueAtMs: NEW_MS })
      if (attempt) await world.table.park([{ ...there, attempt }])
      await world.table.conclude({ ...there, kind, atMs: 1 })
      expect(await reschedule(world, event)).to.equal(undefined)
      const next = { slot: there.slot, key: eventKey(NEW_MS, event.id, 2) }
      const reason = `scheduled again after it was ${kind}`
      expect(world.table.outcomesIn(there.slot)[0]).to.deep.include({ kind: 'moved', atMs: NOW_MS, reason, next })
      expect((await world.table.find([next]))[0]).to.include({ attempt: 1 })
    }
  })

  it('goes to a date at which it was cancelled while it was tried again, and is delivered there, not when that would have been', async () => {
    for (const newMs of [NOW_MS - 60_000, NOW_MS + 120_000]) {
      const event = arriving(60_000)
      const world = await withEvent(event)
      const there = anEvent({ id: event.id, dueAtMs: newMs })
      const retryMs = NOW_MS + 600_000
      const next = { slot: slotAt(retryMs, 0), key: eventKey(retryMs, event.id, 2) }
      await world.table.park([there, attemptAt(there, next, NOW_MS)])
      await world.table.conclude({ ...there, kind: 'retrying', atMs: NOW_MS, next })
      await world.table.conclude({ ...next, kind: 'cancelled', atMs: 1 })
      expect(await reschedule(world, event, { newDate: instant(newMs) })).to.equal(undefined)
      await drain(world, 4)
      expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal([instant(newMs).text])
    }
  })

  it('comes back while an event at the new date is on its way to its next place', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    const there = anEvent({ id: event.id, dueAtMs: NEW_MS })
    const next = { slot: slotAt(NEW_MS + 60_000, 0), key: eventKey(NEW_MS + 60_000, event.id, 2) }
    await world.table.park([there])
    await world.table.conclude({ ...there, kind: 'retrying', atMs: NOW_MS, next })
    expect(await reschedule(world, event).catch((error) => error)).to.include({ code: 'CANCEL_IN_DOUBT' })
    await world.table.park([attemptAt(there, next, NOW_MS)])
    expect(await reschedule(world, event)).to.include({ code: 'EVENT_EXISTS' })
  })

  it('is refused when one of its id is scheduled at the new date, and both are delivered', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    await world.table.park([anEvent({ id: event.id, dueAtMs: NEW_MS })])
    expect(await reschedule(world, event)).to.have.property('code', 'EVENT_EXISTS')
    expect(world.table.outcomesIn(event.slot), 'it is not even stopped').to.deep.equal([])
    await drain(world, 15)
    expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal([event.date, instant(NEW_MS).text])
  })

  it('is refused when one of its id was delivered at the new date, and stays where it is', async () => {
    const event = arriving(60_000, { id: 'a' })
    const world = await withEvent(event)
    const there = anEvent({ id: 'a', dueAtMs: NEW_MS })
    await world.table.park([there])
    await world.table.checkpoint(there.slot, 0, { delivered: [there.key], upTo: '~', lateMs: [] })
    expect(await reschedule(world, event)).to.deep.equal({
      code: 'EVENT_ENDED',
      error: `An event a for ${there.date} has been delivered. Give another new_date.`,
    })
    expect(world.table.outcomesIn(event.slot)).to.deep.equal([])
  })

  it('leaves alone an event that was published after it', async () => {
    const event = arriving(60_000, { publication: { messageId: 'the event', atMs: NOW_MS + 1 } })
    const world = await withEvent(event)
    expect(await reschedule(world, event)).to.include({ code: 'EVENT_NOT_FOUND' })
    await drain(world, 15)
    expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal([event.date])
  })

  it('is told that the event has ended when it is late, and another stands there that was published after it', async () => {
    const event = arriving(60_000, { id: 'a', publication: { messageId: 'the event', atMs: NOW_MS } })
    const world = await withEvent(event)
    const { cancel, schedule } = stepsOf(world)
    const published = (messageId: string, ms: number) => ({ publication: { messageId, atMs: NOW_MS + ms } })
    const date = instant(event.dueAtMs)
    await world.clock.run(cancel({ action: 'cancel', id: 'a', date, ...published('the cancel', 2) }))
    await world.clock.run(schedule([{ ...event, payload: 'second', ...published('the next one', 3) }]))
    expect(await reschedule(world, event, published('the reschedule', 1))).to.deep.equal({
      code: 'EVENT_ENDED',
      error: `The event a for ${event.date} has ended: the one that is scheduled there now was published after this.`,
    })
    await drain(world, 15)
    expect(received(world).map(({ payload }) => payload)).to.deep.equal(['second'])
  })

  it('says nothing when it comes again after another event has come to the old date', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    await reschedule(world, event)
    const later = { messageId: 'the next one', atMs: NOW_MS + 1 }
    await world.clock.run(stepsOf(world).schedule([{ ...event, payload: 'next', publication: later }]))
    expect(await reschedule(world, event)).to.equal(undefined)
    await drain(world, 15)
    expect(received(world).map(({ payload }) => payload)).to.deep.equal(['next', event.payload])
  })

  it('has an event tried at the new date that has failed, while nobody could be told', async () => {
    const untold = { kind: 'failed', code: 'TARGET_NOT_FOUND', error: 'e', reason: 'r', sinceMs: NOW_MS } as const
    const event = arriving(60_000, { untold })
    const world = aWorld({ atMs: NOW_MS })
    await world.table.park([event])
    expect(await reschedule(world, event)).to.equal(undefined)
    await drain(world, 15)
    expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal([instant(NEW_MS).text])
  })

  it('is told that the event has ended where one that was to follow it at its date was stopped before it came', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    const next = { slot: event.slot, key: eventKey(event.dueAtMs, event.id, 2) }
    await world.table.conclude({ ...event, kind: 'moved', atMs: NOW_MS, reason: 'scheduled again', next })
    await world.table.conclude({ ...next, kind: 'cancelled', atMs: NOW_MS, reason: 'cancelled with all of its id' })
    expect(await reschedule(world, event)).to.deep.equal({
      code: 'EVENT_ENDED',
      error: 'The event is already cancelled: cancelled with all of its id.',
    })
  })

  for (const byId of [false, true])
    it(`comes back until an event that is tried again has come to its place${byId ? ', also by the id alone' : ''}`, async () => {
      const event = arriving(60_000)
      const world = await withEvent(event)
      const retryMs = NOW_MS + 120_000
      const next = { slot: slotAt(retryMs, 0), key: eventKey(retryMs, event.id, 2) }
      await world.table.conclude({ ...event, kind: 'retrying', atMs: NOW_MS, next })
      const which = byId ? { date: undefined } : {}
      const fault = await reschedule(world, event, which).catch((error) => error)
      expect(fault).to.include({
        code: 'CANCEL_IN_DOUBT',
        message: `Event ${event.id} for ${event.date} goes on, and is not in its next place yet. The request comes back.`,
      })
      await world.table.park([attemptAt(event, next, NOW_MS)])
      expect(await reschedule(world, event, which)).to.equal(undefined)
      await drain(world, 15)
      expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal([instant(NEW_MS).text])
    })

  for (const byId of [false, true])
    it(`comes back where its event was asked for after a cancel, until it is there again${byId ? ', also by the id alone' : ''}`, async () => {
      const event = arriving(60_000, { publication: { messageId: 'first', atMs: NOW_MS - 3 } })
      const askedAgain = { messageId: 'again', atMs: NOW_MS - 1 }
      const world = await withEvent(event)
      await world.table.askAgain(event, askedAgain)
      const publication = { messageId: 'cancel', atMs: NOW_MS - 2 }
      await world.table.conclude({ ...event, kind: 'cancelled', atMs: NOW_MS, publication })
      const which = byId ? { date: undefined } : {}
      const fault = await reschedule(world, event, which).catch((error) => error)
      expect(fault).to.include({
        code: 'CANCEL_IN_DOUBT',
        message: `Event ${event.id} for ${event.date} was asked for after its cancel, and is not there again yet. The request comes back.`,
      })
      await world.clock.run(stepsOf(world).schedule([{ ...event, publication: askedAgain }]))
      expect(await reschedule(world, event, which)).to.equal(undefined)
      await drain(world, 15)
      expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal([instant(NEW_MS).text])
    })

  it('is told that its event has ended that was asked for again after a cancel, and had gone out by then', async () => {
    const event = arriving(1_000, { publication: { messageId: 'first', atMs: NOW_MS - 60_000 } })
    const world = await withEvent(event)
    await world.table.askAgain(event, { messageId: 'again', atMs: NOW_MS - 1 })
    const publication = { messageId: 'cancel', atMs: NOW_MS - 5_000 }
    await world.table.conclude({ ...event, kind: 'cancelled', atMs: NOW_MS - 2, publication })
    await world.table.checkpoint(event.slot, 0, { delivered: [event.key], lateMs: [1], upTo: '~' })
    expect(await reschedule(world, event)).to.have.property('code', 'EVENT_ENDED')
  })

  for (const byId of [false, true])
    it(`is told that its event has ended that was asked for again when it was moved away, and cancelled then with all of its id${byId ? ', also by the id alone' : ''}`, async () => {
      const at = (agoMs: number, messageId: string) => ({ messageId, atMs: NOW_MS - agoMs })
      const event = arriving(60_000, { publication: at(4, 'first') })
      const world = await withEvent(event)
      const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
        await world.table.askAgain(event, at(2, 'again'))
        await world.table.clear(event.id, orderOf(at(1, 'all')))
        return world.table.concludeFirst(outcome)
      }
      const slow = { ...world, table: { ...world.table, concludeFirst } }
      const away = { publication: at(3, 'away'), newDate: instant(NEW_MS + 1) }
      expect(await reschedule(slow, event, away)).to.equal(undefined)
      const refusal = await reschedule(world, event, byId ? { date: undefined } : {})
      expect(refusal).to.have.property('code', 'EVENT_ENDED')
      await drain(world, 15)
      expect(received(world)).to.deep.equal([])
    })

  it('says nothing when it comes again after it was moved back, and stopped there before it came', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    await reschedule(world, event)
    const next = { slot: event.slot, key: eventKey(event.dueAtMs, event.id, 2) }
    const [moved] = world.table.outcomesIn(event.slot) as [Outcome]
    await world.table.concludeInstead({ ...moved, kind: 'moved', publication: undefined, next }, moved)
    await world.table.conclude({ ...next, kind: 'cancelled', atMs: NOW_MS })
    expect(await reschedule(world, event)).to.equal(undefined)
  })

  it('leaves no trace at the new date where it comes too late', async () => {
    const event = arriving(CANCEL_MARGIN_MS - 1)
    const there = arriving(60_000, { id: event.id })
    const world = await withEvent(there)
    await world.clock.run(stepsOf(world).schedule([event]))
    await world.clock.run(stepsOf(world).cancel({ ...requestFor(there), action: 'cancel' }))
    expect(await reschedule(world, event, { newDate: instant(there.dueAtMs) })).to.include({ code: 'TOO_LATE' })
    expect(world.table.outcomesIn(there.slot).map(({ kind }) => kind)).to.deep.equal(['cancelled'])
  })

  const failedAt = async (world: World, event: ScheduledEvent) => {
    const there = anEvent({ id: event.id, dueAtMs: NEW_MS, payload: 'failed' })
    await world.table.park([there])
    await world.table.conclude({ ...there, kind: 'failed', atMs: NOW_MS - 1, code: 'TARGET_NOT_FOUND' })
    return there
  }
  const cancelledMeanwhile = (world: World, event: ScheduledEvent): World => {
    const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
      await stepsOf(leasesLapsed(world)).cancel({ ...requestFor(event), action: 'cancel' })
      return world.table.concludeFirst(outcome)
    }
    return { ...world, table: { ...world.table, concludeFirst } }
  }

  it('changes nothing at a new date at which one has failed, if its own is stopped by another meanwhile', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    const there = await failedAt(world, event)
    const publication = { messageId: 'the reschedule', atMs: NOW_MS - 1 }
    expect(await reschedule(cancelledMeanwhile(world, event), event, { publication })).to.include({
      code: 'EVENT_ENDED',
    })
    expect(world.table.outcomesIn(there.slot).map(({ kind }) => kind)).to.deep.equal(['failed'])
  })

  it('stays where it was when what has failed at the new date is scheduled again meanwhile', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    const there = await failedAt(world, event)
    const again = { ...there, publication: { messageId: 'again', atMs: NOW_MS + CLOCK_SKEW_MS } }
    const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
      await stepsOf(leasesLapsed(world)).schedule([again])
      return world.table.concludeFirst(outcome)
    }
    expect(await reschedule({ ...world, table: { ...world.table, concludeFirst } }, event)).to.include({
      code: 'EVENT_EXISTS',
    })
    await drain(world, 15)
    expect(received(world).map(({ payload }) => payload)).to.deep.equal([event.payload, 'failed'])
  })

  it('does not bring an event to a date at which it was cancelled before it came, though another that was asked for since has failed there', async () => {
    const asked = (inMs: number) => ({ publication: { messageId: `published in ${inMs}`, atMs: NOW_MS + inMs } })
    const event = arriving(60_000)
    const there = anEvent({ id: event.id, dueAtMs: NEW_MS, payload: 'failed', lane: 'far' })
    for (const isRepeated of [false, true]) {
      const world = await withEvent(event)
      const { schedule, cancel } = stepsOf(world)
      const run = world.clock.run
      if (isRepeated) await run(schedule([{ ...there, ...asked(-1) }]))
      await run(schedule([{ ...there, ...asked(2) }]))
      await run(cancel({ ...requestFor(there), action: 'cancel', ...asked(1) }))
      await world.table.conclude({ ...there, kind: 'failed', atMs: NOW_MS + 3, code: 'TARGET_NOT_FOUND' })
      expect(await reschedule(world, event)).to.include({ code: 'EVENT_EXISTS' })
      await drain(world, 15)
      // What was asked for again as late as that goes on after it has failed.
      const expected = [event, ...(isRepeated ? [there] : [])].map(({ dueAtMs }) => instant(dueAtMs).text)
      expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal(expected)
    }
  })

  it('is refused however late it arrives when one at the new date had not failed yet as it was published', async () => {
    for (const [afterMs, code] of [
      [CLOCK_SKEW_MS, 'EVENT_EXISTS'],
      [CLOCK_SKEW_MS - 1, undefined],
    ] as const) {
      const event = arriving(60_000)
      const world = await withEvent(event)
      const there = anEvent({ id: event.id, dueAtMs: NEW_MS, payload: 'failed' })
      await world.table.park([there])
      await world.table.conclude({ ...there, kind: 'failed', atMs: NOW_MS + afterMs, code: 'TARGET_NOT_FOUND' })
      expect((await reschedule(world, event))?.code).to.equal(code)
    }
  })

  it('loses neither of two events of its id that are to change places, and is cut off between its two writes', async () => {
    for (const [first, second] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const [here, there] = [arriving(60_000, { payload: 'here' }), arriving(400_000, { payload: 'there' })]
      const other = { ...there, id: here.id, key: eventKey(there.emitAtMs, here.id, 1) }
      const world = await withEvent(here)
      const one = { publication: { messageId: 'one', atMs: NOW_MS + first } }
      const two = { publication: { messageId: 'two', atMs: NOW_MS + second }, newDate: instant(here.dueAtMs) }
      expect(await cutOff(world, here, one)).to.equal('crashed')
      await world.clock.run(stepsOf(world).schedule([other]))
      const again = async (event: ScheduledEvent, more: Partial<RescheduleRequest>) =>
        reschedule(world, event, more).catch(({ code }: SchedulerError) => code)
      const inDoubt = await again(other, two)
      await again(here, one)
      if (inDoubt === 'CANCEL_IN_DOUBT') await again(other, two)
      await drain(world, 15)
      expect(received(world).map(({ payload }) => payload)).to.have.members(['here', 'there'])
    }
  })

  it('is done with when its event was stopped at the new date: who comes to the old date later does not wait for it', async () => {
    const event = arriving(60_000, { publication: { messageId: 'the event', atMs: NOW_MS - 4 } })
    const world = await withEvent(event)
    const publication = { messageId: 'the replacing', atMs: NOW_MS - 2 }
    const replacing = anEvent({ id: event.id, dueAtMs: NEW_MS, payload: 'replacing', publication })
    const one = { publication: { messageId: 'one', atMs: NOW_MS - 3 } }
    expect(await cutOff(world, event, one)).to.equal('crashed')
    await world.table.clear(event.id, orderOf(publication))
    let isAsked = false
    const parkFirst: World['table']['parkFirst'] = async (events) => {
      if (!isAsked) await stepsOf(world).reschedule(requestFor(event, one))
      isAsked = true
      return world.table.parkFirst(events)
    }
    await world.clock.run(stepsOf({ ...world, table: { ...world.table, parkFirst } }).schedule([replacing]))
    expect(await reschedule(world, event, one)).to.equal(undefined)
    const back = { publication: { messageId: 'back', atMs: NOW_MS }, newDate: instant(event.dueAtMs) }
    expect(await reschedule(world, replacing, back)).to.equal(undefined)
    await drain(world, 15)
    expect(received(world).map(({ payload, attributes }) => [payload, attributes.due])).to.deep.equal([
      ['replacing', instant(event.dueAtMs).text],
    ])
  })

  /** An event that is to go to a date at which another was cancelled, where something happens before a call with which it comes. */
  const comingBeside = async (
    before: 'concludeFirst' | 'index',
    happens: (world: World, there: ScheduledEvent) => Promise<unknown>,
  ) => {
    const event = arriving(60_000, { payload: 'moved', publication: { messageId: 'the event', atMs: NOW_MS - 9 } })
    const world = await withEvent(event)
    const there = arriving(400_000, { id: event.id, publication: { messageId: 'there', atMs: NOW_MS - 8 } })
    const { schedule, cancel } = stepsOf(world)
    await world.clock.run(schedule([there]))
    const publication = { messageId: 'the cancel', atMs: NOW_MS - 7 }
    await world.clock.run(cancel({ ...requestFor(there), action: 'cancel', publication }))
    const again = { ...there, payload: 'again', publication: { messageId: 'again', atMs: NOW_MS - 4 } }
    let calls = 0
    const call = async (given: never) => {
      if (calls++ === 0) await happens(leasesLapsed(world), again)
      return world.table[before](given)
    }
    const refusal = await reschedule({ ...world, table: { ...world.table, [before]: call } }, event)
    return { world, event, refusal }
  }

  for (const before of ['concludeFirst', 'index'] as const)
    it(`is delivered at the new date alone, though another was scheduled and cancelled there before its call ${before}`, async () => {
      const { world, event, refusal } = await comingBeside(before, async (world, again) => {
        await stepsOf(world).schedule([again])
        const publication = { messageId: 'the second cancel', atMs: NOW_MS - 2 }
        await stepsOf(world).cancel({ ...requestFor(again), action: 'cancel', publication })
      })
      expect(refusal).to.equal(undefined)
      expect(await reschedule(world, event)).to.equal(undefined)
      await drain(world, 15)
      expect(received(world).map(({ payload, attributes }) => [payload, attributes.due])).to.deep.equal([
        ['moved', instant(NEW_MS).text],
      ])
    })

  it('is delivered at the new date alone, where another was about to go on there, and was cut off', async () => {
    const { world, refusal } = await comingBeside('index', async (world, again) => {
      const down = { ...world, table: { ...world.table, parkFirst: () => Promise.reject(new Error('crash')) } }
      await stepsOf(down)
        .schedule([again])
        .catch(() => 'crashed')
    })
    expect(refusal).to.equal(undefined)
    await drain(world, 15)
    expect(received(world).map(({ payload, attributes }) => [payload, attributes.due])).to.deep.equal([
      ['moved', instant(NEW_MS).text],
    ])
  })

  it('is not lost when it is cut off before it goes on where another was cancelled, and its old date is asked for meanwhile', async () => {
    const event = arriving(60_000, { payload: 'moved', publication: { messageId: 'the event', atMs: NOW_MS - 9 } })
    const world = await withEvent(event)
    const there = anEvent({ id: event.id, dueAtMs: NEW_MS })
    await world.table.park([there])
    const publication = { messageId: 'the cancel', atMs: NOW_MS - 7 }
    await world.table.conclude({ ...there, kind: 'cancelled', atMs: NOW_MS, publication })
    expect(await cutOff(world, event, {})).to.equal('crashed')
    const next = { ...event, payload: 'next', publication: { messageId: 'the next one', atMs: NOW_MS + 1 } }
    const tryNext = () => world.clock.run(stepsOf(world).schedule([next]))
    expect(await tryNext()).to.have.nested.property('[0].code', 'CANCEL_IN_DOUBT')
    expect(await reschedule(world, event)).to.equal(undefined)
    await tryNext()
    await drain(world, 15)
    expect(received(world).map(({ payload }) => payload)).to.deep.equal(['next', 'moved'])
  })

  it('is cancelled at the new date by a cancel that was published after it, and that another has met there before', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    const there = anEvent({ id: event.id, dueAtMs: NEW_MS })
    await world.table.park([there])
    const publication = { messageId: 'the cancel', atMs: NOW_MS + 1 }
    await world.table.conclude({ ...there, kind: 'cancelled', atMs: NOW_MS, publication })
    await reschedule(world, event)
    await drain(world, 15)
    expect(received(world)).to.deep.equal([])
  })

  it('keeps its place for what goes back to it, from another that comes there while that is decided', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    const publishedLater = (messageId: string, ms: number) => ({ publication: { messageId, atMs: NOW_MS + ms } })
    const other = arriving(400_000, { id: event.id, payload: 'other', ...publishedLater('other', 1) })
    const next = { ...event, payload: 'next', ...publishedLater('the next one', 2) }
    const { schedule } = stepsOf(leasesLapsed(world))
    const inBetween: unknown[] = []
    const tryNext = async () => {
      inBetween.push(...(await schedule([next])))
    }
    const table: typeof world.table = {
      ...world.table,
      async concludeFirst(outcome) {
        if (inBetween.length === 0) await schedule([other])
        const first = await world.table.concludeFirst(outcome)
        await tryNext()
        return first
      },
      async concludeInstead(outcome, before) {
        const isOurs = await world.table.concludeInstead(outcome, before)
        await tryNext()
        return isOurs
      },
    }
    expect(await reschedule({ ...world, table }, event)).to.include({ code: 'EVENT_EXISTS' })
    expect(inBetween[0]).to.include({ code: 'CANCEL_IN_DOUBT' })
    expect(inBetween[1]).to.include({ code: 'EVENT_EXISTS' })
    await drain(world, 15)
    expect(received(world).map(({ payload }) => payload)).to.deep.equal([event.payload, 'other'])
  })

  it('does not take the same event at the new date for its own, if another has scheduled that', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    const same = arriving(400_000, { id: event.id, publication: { messageId: 'other', atMs: NOW_MS + 1 } })
    let calls = 0
    const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
      if (calls++ === 0) await stepsOf(world).schedule([same])
      return world.table.concludeFirst(outcome)
    }
    expect(await reschedule({ ...world, table: { ...world.table, concludeFirst } }, event)).to.include({
      code: 'EVENT_EXISTS',
    })
    await drain(world, 15)
    expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal([event.date, same.date])
  })

  it('moves the one that has taken its place by the time that it is stopped', async () => {
    const event = arriving(60_000, { publication: { messageId: 'first', atMs: NOW_MS - 9_000 } })
    const world = await withEvent(event)
    const other = arriving(60_000, {
      id: event.id,
      payload: 'other',
      publication: { messageId: 'other', atMs: NOW_MS - 1_000 },
    })
    const toCancel = { ...requestFor(event), action: 'cancel' } as const
    let calls = 0
    const table: typeof world.table = {
      ...world.table,
      async concludeFirst(outcome) {
        if (calls++ === 0) {
          await stepsOf(leasesLapsed(world)).cancel({
            ...toCancel,
            publication: { messageId: 'cancel', atMs: NOW_MS - 2_000 },
          })
          await stepsOf(leasesLapsed(world)).schedule([other])
        }
        return world.table.concludeFirst(outcome)
      },
    }
    expect(await reschedule({ ...world, table }, event)).to.equal(undefined)
    await drain(world, 15)
    expect(received(world).map(({ payload, attributes }) => [payload, attributes.due])).to.deep.equal([
      ['other', instant(NEW_MS).text],
    ])
  })

  it('is the same when its message is redelivered while the event is tried again at the new date', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    await reschedule(world, event)
    world.topics.throttle(topicArn(), 4)
    await drain(world, 8)
    expect(received(world)).to.have.length(0)
    expect(await reschedule(world, event)).to.equal(undefined)
    await drain(world, 5)
    expect(received(world).map(({ attributes }) => attributes.attempt)).to.deep.equal(['2'])
  })

  it('is the same when two validators take its message, and one has done all when the other looks for a place', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    let looks = 0
    const lookUp: World['table']['lookUp'] = async (refs) => {
      if (++looks === 2) await stepsOf(leasesLapsed(world)).reschedule(requestFor(event))
      return world.table.lookUp(refs)
    }
    expect(await reschedule({ ...world, table: { ...world.table, lookUp } }, event)).to.equal(undefined)
    await drain(world, 15)
    expect(received(world)).to.have.length(1)
  })

  it('waits a second for an event that it overtook', async () => {
    const event = arriving(60_000)
    const world = aWorld({ atMs: NOW_MS })
    const work = stepsOf(world).reschedule(requestFor(event))
    await world.clock.advance(900)
    await world.table.park([event])
    expect(await world.clock.run(work)).to.equal(undefined)
  })

  for (const [where, prepare] of [
    ['', async () => {}],
    [' at a new date at which one has failed', failedAt],
  ] as const)
    for (const fault of FAULTS)
      it(`loses nothing and doubles nothing${where} when any call ${fault} and the message is redelivered a minute later`, async () => {
        for (let at = 1, done = false; !done; at++) {
          const event = arriving(120_000)
          const world = await withEvent(event)
          await prepare(world, event)
          const failing = failingAt(world, at, fault)
          const result = await world.clock
            .run(stepsOf(failing).reschedule(requestFor(event)))
            .catch(() => 'failed' as const)
          done = failing.calls() < at
          await world.clock.advance(60_000)
          if (result === 'failed') expect(await reschedule(world, event)).to.equal(undefined)
          await drain(world, 15)
          const told = received(world).map(({ payload, attributes }) => [payload, attributes.due])
          expect(told, `call ${at}`).to.deep.equal([[event.payload, instant(NEW_MS).text]])
        }
      })

  it('loses nothing when it crashed between its two writes and comes again after the old date', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    const park: World['table']['park'] = () => Promise.reject(new Error('crash'))
    await world.clock
      .run(stepsOf({ ...world, table: { ...world.table, park } }).reschedule(requestFor(event)))
      .catch(() => {})
    await world.clock.advance(180_000)
    expect(await reschedule(world, event)).to.equal(undefined)
    await drain(world, 15)
    expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal([instant(NEW_MS).text])
  })
})
