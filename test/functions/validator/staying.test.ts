import { expect } from 'chai'
import { orderOf } from '../../../core/clearing.ts'
import { SchedulerError } from '../../../core/errors.ts'
import { eventKey, type ScheduledEvent } from '../../../core/event.ts'
import type { Outcome } from '../../../core/outcome.ts'
import { goOnStaying, isStaying, stay } from '../../../functions/validator/staying.ts'
import type { Standing } from '../../../status/event-status.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { failingAt, leasesLapsed } from '../../support/breaking.ts'
import { anEvent } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { cutOff, instant, NEW_MS, received, requestFor, reschedule, withEvent } from '../../support/rescheduling.ts'
import { stepsOf, type World } from '../../support/world.ts'

describe('an event that cannot be moved', () => {
  it('has an event stay that was asked for again after all of its id was cancelled, while it was about to be moved', async () => {
    const at = (agoMs: number, messageId: string) => ({ messageId, atMs: NOW_MS - agoMs })
    const event = arriving(60_000, { payload: 'here', publication: at(9, 'the event') })
    const world = await withEvent(event)
    const other = anEvent({ id: event.id, dueAtMs: NEW_MS, payload: 'there', publication: at(1, 'other') })
    const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
      await world.table.clear(event.id, orderOf(at(4, 'the cancel')))
      await world.table.askAgain(event, at(3, 'again'))
      await world.table.park([other])
      return world.table.concludeFirst(outcome)
    }
    const slow = { ...world, table: { ...world.table, concludeFirst } }
    const refusal = await reschedule(slow, event, { publication: at(2, 'the reschedule') })
    expect(refusal).to.have.property('code', 'EVENT_EXISTS')
    await drain(world, 15)
    expect(received(world).map(({ payload }) => payload)).to.have.members(['here', 'there'])
  })

  it('has an event stay that another request, which replaces all, has told it is too late for, while it was about to be moved', async () => {
    const at = (afterMs: number, messageId: string) => ({ messageId, atMs: NOW_MS + afterMs })
    const event = arriving(60_000, { payload: 'here', publication: at(-9, 'the event') })
    const world = await withEvent(event)
    const other = anEvent({ id: event.id, dueAtMs: NEW_MS, payload: 'there', publication: at(1, 'replacing') })
    const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
      const order = orderOf(at(1, 'replacing'))
      await world.table.clear(event.id, order)
      await world.table.saveLeft(event.id, { order, dueAtMs: [event.dueAtMs] })
      await world.table.park([other])
      return world.table.concludeFirst(outcome)
    }
    const refusal = await reschedule({ ...world, table: { ...world.table, concludeFirst } }, event)
    expect(refusal).to.have.property('code', 'EVENT_EXISTS')
    await drain(world, 15)
    expect(received(world).map(({ payload }) => payload)).to.have.members(['here', 'there'])
  })

  it('has an event that stays stay, however often that is cut off, and for however long', async () => {
    const event = arriving(60_000, { payload: 'here', publication: { messageId: 'the event', atMs: NOW_MS - 9 } })
    const world = await withEvent(event)
    expect(await cutOff(world, event, {})).to.equal('crashed')
    await world.clock.run(stepsOf(world).schedule([anEvent({ id: event.id, dueAtMs: NEW_MS, payload: 'there' })]))
    for (let times = 0; times < 3; times++) {
      expect(await cutOff(world, event, {})).to.equal('crashed')
      await world.clock.advance(180_000)
    }
    expect(await reschedule(world, event)).to.have.property('code', 'EVENT_EXISTS')
    expect(await reschedule(world, event)).to.have.property('code', 'EVENT_EXISTS')
    await drain(world, 15)
    expect(received(world).map(({ payload }) => payload)).to.have.members(['here', 'there'])
  })

  /** An event whose new date another takes just when it is stopped. */
  const aTakenDate = async () => {
    const event = arriving(60_000, { publication: { messageId: 'the event', atMs: NOW_MS - 1 } })
    const world = await withEvent(event)
    const publication = { messageId: 'other', atMs: NOW_MS + 1 }
    const other = arriving(400_000, { id: event.id, payload: 'other', publication })
    let calls = 0
    const comesMeanwhile =
      ({ table }: World): World['table']['concludeFirst'] =>
      async (outcome) => {
        if (calls++ === 0) await stepsOf(world).schedule([other])
        return table.concludeFirst(outcome)
      }
    const concludeFirst = comesMeanwhile(world)
    const isGoingBack = (events: readonly ScheduledEvent[]) =>
      calls > 0 && events.some(({ dueAtMs }) => dueAtMs === event.dueAtMs)
    return { event, world, other, concludeFirst, comesMeanwhile, isGoingBack }
  }

  for (const [when, says, cutOff] of [
    ['', 'EVENT_EXISTS', undefined],
    [', also if it was killed before it went back', 'killed', () => Promise.reject(new Error('killed'))],
    [
      ', also if there was no time to write that it goes back',
      'no time',
      async (events: readonly ScheduledEvent[]) => ({
        taken: [],
        unwritten: [...events],
        why: new SchedulerError('TABLE_UNAVAILABLE', 'no time'),
      }),
    ],
  ] as const)
    it(`stays where it was when another takes the new date meanwhile${when}`, async () => {
      const { world, event, other, concludeFirst, isGoingBack } = await aTakenDate()
      const parkFirst: World['table']['parkFirst'] = (events) =>
        cutOff && isGoingBack(events) ? cutOff(events) : world.table.parkFirst(events)
      const table = { ...world.table, concludeFirst, parkFirst }
      const first = reschedule({ ...world, table }, event)
      expect(
        await first.then(
          (refusal) => refusal?.code,
          ({ message }) => message,
        ),
      ).to.equal(says)
      const taken = {
        code: 'EVENT_EXISTS',
        error: `Another event ${event.id} is scheduled for ${other.date}, with other fields. Reschedule or cancel that one, or use another id.`,
      }
      expect(await reschedule(world, event)).to.deep.equal(taken)
      expect(world.table.outcomesIn(event.slot)[0]).to.include({ reason: `stays, because ${other.date} was taken` })
      await drain(world, 15)
      expect(received(world).map(({ payload }) => payload)).to.deep.equal([event.payload, 'other'])
    })

  it('stays where it was when another takes the new date meanwhile, whichever call is repeated by the SDK', async () => {
    for (let at = 1, done = false; !done; at++) {
      const { world, event, comesMeanwhile } = await aTakenDate()
      const failing = failingAt(world, at, 'is repeated by the SDK')
      const table = { ...failing.table, concludeFirst: comesMeanwhile(failing) }
      const refusal = await reschedule({ ...failing, table }, event)
      done = failing.calls() < at
      expect(refusal, `call ${at}`).to.have.property('code', 'EVENT_EXISTS')
      await drain(world, 15)
      expect(
        received(world).map(({ payload }) => payload),
        `call ${at}`,
      ).to.deep.equal([event.payload, 'other'])
    }
  })

  for (const [how, code] of [
    ['been delivered', 'EVENT_ENDED'],
    ['failed', 'EVENT_EXISTS'],
  ] as const)
    it(`stays where it was when what was cancelled at the new date is scheduled again meanwhile, and has ${how} by then`, async () => {
      const event = arriving(60_000)
      const world = await withEvent(event)
      const there = anEvent({ id: event.id, dueAtMs: NEW_MS, payload: 'other' })
      const { slot } = there
      await world.table.park([there])
      await world.table.conclude({ ...there, kind: 'cancelled', atMs: NOW_MS - 1 })
      let again: Promise<unknown> | undefined
      const comeAndEnd = async () => {
        await stepsOf(leasesLapsed(world)).schedule([{ ...there, publication: { messageId: 'again', atMs: NOW_MS } }])
        const key = eventKey(NEW_MS, event.id, 2)
        await (how === 'failed'
          ? world.table.conclude({ slot, key, kind: how, atMs: NOW_MS })
          : world.table.checkpoint(slot, 0, { delivered: [key], upTo: key, lateMs: [] }))
      }
      const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
        again ??= comeAndEnd()
        await again
        return world.table.concludeFirst(outcome)
      }
      expect(await reschedule({ ...world, table: { ...world.table, concludeFirst } }, event)).to.include({ code })
      await drain(world, 15)
      expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal([event.date])
    })

  it('may go to a date that is free after it stayed where it was', async () => {
    const { world, event, concludeFirst } = await aTakenDate()
    await reschedule({ ...world, table: { ...world.table, concludeFirst } }, event)
    const publication = { messageId: 'another', atMs: NOW_MS + 2 }
    const newDate = instant(NEW_MS + 60_000)
    expect(await reschedule(world, event, { publication, newDate })).to.equal(undefined)
    await drain(world, 15)
    expect(received(world).map(({ attributes }) => attributes.due)).to.deep.equal([instant(NEW_MS).text, newDate.text])
  })

  it('is parked where it stays, as it was, by whoever asks for the same again after a crash, and by nobody else', async () => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    const other = arriving(400_000, { id: event.id, payload: 'other' })
    let isTaken = false
    const table: typeof world.table = {
      ...world.table,
      async concludeFirst(outcome) {
        if (!isTaken) await stepsOf(world).schedule([other])
        isTaken = true
        return world.table.concludeFirst(outcome)
      },
      parkFirst: () => Promise.reject(new Error('killed')),
    }
    await reschedule({ ...world, table }, event).catch(({ message }) => expect(message).to.equal('killed'))
    const publication = { messageId: 'again', atMs: NOW_MS + 2 }
    const next = { messageId: 'next', atMs: NOW_MS + 2 }
    const [refusal] = await stepsOf(world).schedule([{ ...event, payload: 'next', publication: next }])
    expect(refusal).to.include({ code: 'EVENT_EXISTS' })
    expect(await stepsOf(world).schedule([{ ...event, publication }])).to.deep.equal([undefined])
    await drain(world, 15)
    expect(received(world).map(({ payload, attributes }) => [payload, attributes.attempt])).to.deep.equal([
      [event.payload, '1'],
      ['other', '1'],
    ])
  })

  /** How it stands where a reschedule has stopped it, or not, and the steps that it takes then. */
  const staying = async (stopped?: Partial<Outcome>) => {
    const event = arriving(60_000)
    const world = await withEvent(event)
    const ref = { slot: event.slot, key: event.key }
    const { publication, newDate } = requestFor(event)
    if (stopped) await world.table.conclude({ ...ref, kind: 'cancelled', atMs: 1, publication, ...stopped })
    const scheduled: ScheduledEvent[] = []
    const schedule = async (events: readonly ScheduledEvent[]) => {
      scheduled.push(...events)
      return [undefined]
    }
    const deps = { ...world, slotAt: stepsOf(world).slotAt, schedule }
    const standing = { ref, event, content: event, outcome: undefined, pointer: undefined, asked: undefined }
    const request = { action: 'reschedule', id: event.id, date: undefined, newDate, publication } as const
    return { world, event, deps, standing: { ...standing, messageIds: new Set<string>() }, request, scheduled }
  }

  it('stays as it is where it has not been stopped, or by another request', async () => {
    const another = { publication: { messageId: 'another', atMs: NOW_MS } }
    for (const stopped of [undefined, another]) {
      const { world, event, deps, standing, request, scheduled } = await staying(stopped)
      await stay(deps, standing, request)
      expect(world.table.outcomesIn(event.slot).map(({ kind }) => kind)).to.deep.equal(stopped ? ['cancelled'] : [])
      expect(scheduled).to.deep.equal([])
    }
    const { world, event, deps, standing, request, scheduled } = await staying({})
    await stay(deps, standing, request)
    expect(world.table.outcomesIn(event.slot)[0]).to.include({ kind: 'moved', asItWas: true })
    expect(scheduled).to.have.length(1)
  })

  it('is seen to where it is to stay, and has not come back', async () => {
    const { event, deps, standing, request, scheduled } = await staying()
    const refusal = await goOnStaying(deps, standing, request)
    expect(refusal).to.include({ code: 'EVENT_EXISTS' })
    expect(scheduled).to.deep.equal([])
    expect(await goOnStaying(deps, { ...standing, event: undefined, content: undefined }, request)).to.deep.equal(
      refusal,
    )
    expect(scheduled).to.deep.equal([])
    await goOnStaying(deps, { ...standing, event: undefined }, request)
    expect(scheduled.map(({ id }) => id)).to.deep.equal([event.id])
  })

  it('is to stay where a pointer of the very request says so, or one that took it on alone', async () => {
    const { event, standing, request } = await staying()
    const { publication } = request
    const { ref } = standing
    const pointer = (fields: Partial<Outcome>): Outcome => ({ ...ref, kind: 'moved', atMs: 1, publication, ...fields })
    const stays = (fields: Partial<Standing>) => isStaying({ ...standing, ...fields }, request)
    const others = { messageId: 'another', atMs: NOW_MS }
    expect(stays({})).to.equal(false)
    const back = { pointer: pointer({ attempts: 0, asItWas: true }) }
    expect(stays(back)).to.equal(true)
    expect(stays({ ...back, outcome: pointer({}) })).to.equal(false)
    expect(stays({ pointer: pointer({ attempts: 0, asItWas: true, publication: others }) })).to.equal(false)
    // It was past due before it was written, and went on from there alone.
    const content = { ...event, publication }
    const alone = { pointer: pointer({}), content, messageIds: new Set([publication.messageId]) }
    expect(stays(alone)).to.equal(true)
    expect(stays({ ...alone, messageIds: new Set<string>() })).to.equal(false)
    expect(stays({ ...alone, pointer: pointer({ attempts: 0 }) })).to.equal(false)
    expect(stays({ ...alone, content: undefined })).to.equal(false)
    expect(stays({ ...alone, content: { ...content, publication: others } })).to.equal(false)
  })
})
