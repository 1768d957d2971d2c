import { expect } from 'chai'
import { orderOfCancel } from '../../../core/clearing.ts'
import { SchedulerError } from '../../../core/errors.ts'
import type { EventRef, ScheduledEvent } from '../../../core/event.ts'
import type { Publication } from '../../../core/publication.ts'
import type { ScheduleRequest } from '../../../core/request.ts'
import { emptySettlement } from '../../../core/settlement.ts'
import { CANCEL_MARGIN_MS, OVERTAKEN_MS } from '../../../core/timetable.ts'
import { eventFacts } from '../../../status/event-facts.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { dyingAt, FAULTS, failingAt, leasesLapsed } from '../../support/breaking.ts'
import { aBatch, aMessage, aRecord, FAILURE_TOPIC, topicArn } from '../../support/builders.ts'
import { drain } from '../../support/drain.ts'
import { aWorld, functionsOf, stepsOf, type World } from '../../support/world.ts'

const iso = (atMs: number) => new Date(atMs).toISOString()
const inMs = (ms: number) => iso(NOW_MS + ms)
const schedule = (ms: number, fields: Record<string, unknown> = {}) =>
  aMessage({ id: 'a', date: inMs(ms), payload: `${ms}`, ...fields })
const cancel = JSON.stringify({ action: 'cancel', id: 'a' })
const BEFORE_MS = NOW_MS - 50_000

/** Has messages handled one after the other, each published a second after the one before. */
async function take(world: World, ...messages: string[]): Promise<void> {
  for (const [i, message] of messages.entries())
    await handle(world, aRecord(message, { publishedAtMs: BEFORE_MS + i * 1_000 }))
}
async function handle(world: World, ...records: ReturnType<typeof aRecord>[]): Promise<void> {
  const { batchItemFailures } = await world.clock.run(functionsOf(world).validator(aBatch(...records)))
  expect(batchItemFailures).to.deep.equal([])
}
const delivered = (world: World) => world.topics.received(topicArn()).map(({ payload }) => payload)
/** What a client is told of events that go out all the same. */
const tooLateFor = (...ms: number[]) =>
  `TOO_LATE Event a for ${ms.map(inMs).join(', ')} is emitted all the same. Changes are taken until 3500 ms before.`
const told = (world: World) => world.topics.notices(FAILURE_TOPIC).map(({ code, error }) => `${code} ${error}`)

describe('cancelling by an id alone', () => {
  it('takes all events of the id that are pending, on every shard, and no other', async () => {
    const world = aWorld({ atMs: NOW_MS, shards: 3 })
    await take(world, schedule(60_000), schedule(120_000), schedule(180_000), schedule(60_000, { id: 'b' }), cancel)
    await drain(world)
    expect(delivered(world)).to.deep.equal(['60000'])
    expect(world.topics.received(topicArn())[0]?.id).to.equal('b')
    expect(told(world)).to.deep.equal([])
  })

  it('says that one went out which somebody else was moving just then', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(10_000))
    const [ref] = (await Array.fromAsync(world.table.placesOfId('a'))).flat().map((place) => place.ref)
    const { slot, key } = ref as EventRef
    await world.clock.advance(9_000)
    const table: World['table'] = {
      ...world.table,
      async concludeFirst(outcome) {
        const publication = { messageId: 'the move', atMs: BEFORE_MS + 1_000 }
        const next = { slot, key: `${key}-later` }
        await world.table.checkpoint(slot, 0, { delivered: [key], upTo: '~', lateMs: [0] })
        await world.table.conclude({ slot, key, kind: 'cancelled', atMs: NOW_MS, publication, next })
        return world.table.concludeFirst(outcome)
      },
    }
    await handle({ ...world, table }, aRecord(cancel, { publishedAtMs: BEFORE_MS + 2_000 }))
    expect(told(world)).to.have.length(1)
    expect(told(world)[0]).to.match(/^TOO_LATE /)
  })

  it('finds events that were parked under another number of shards', async () => {
    const world = aWorld({ atMs: NOW_MS, shards: 1 })
    await take(world, schedule(60_000), schedule(120_000))
    await take({ ...world, shards: 7 }, schedule(180_000), cancel)
    await drain(world)
    expect(delivered(world)).to.deep.equal([])
  })

  it('takes one that was moved, wherever it is now', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const move = JSON.stringify({ action: 'reschedule', id: 'a', date: inMs(60_000), new_date: inMs(120_000) })
    await take(world, schedule(60_000), move, cancel)
    await drain(world)
    expect(delivered(world)).to.deep.equal([])
    expect(told(world)).to.deep.equal([])
  })

  it('keeps an event cancelled that was published before and arrives later, and its facts say so', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const late = aRecord(schedule(60_000), { publishedAtMs: BEFORE_MS })
    await handle(world, aRecord(cancel, { publishedAtMs: BEFORE_MS + 1_000 }))
    await handle(world, late)
    await handle(world, late)
    const event = arriving(60_000, { id: 'a' })
    expect(await eventFacts(world.table, event, world.clock.now())).to.include({
      status: 'cancelled',
      reason: 'cancelled with all of its id',
    })
    await drain(world)
    expect(delivered(world)).to.deep.equal([])
    expect(told(world)).to.have.length(1)
  })

  it('leaves alone what was published after it, whichever arrives first', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const [first, again] = [schedule(60_000), schedule(120_000)].map((message, i) =>
      aRecord(message, { publishedAtMs: BEFORE_MS + i * 2_000 }),
    )
    if (!first || !again) expect.fail()
    for (const record of [first, again, aRecord(cancel, { publishedAtMs: BEFORE_MS + 1_000 })])
      await handle(world, record)
    await drain(world)
    expect(delivered(world)).to.deep.equal(['120000'])
  })

  it('says which go out all the same, one millisecond within the margin, and cancels the others', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(CANCEL_MARGIN_MS - 1), schedule(CANCEL_MARGIN_MS), schedule(60_000))
    await handle(world, aRecord(cancel, { publishedAtMs: NOW_MS }))
    expect(told(world)).to.deep.equal([tooLateFor(CANCEL_MARGIN_MS - 1)])
    const clearing = (await world.table.clearingsOf(['a'])).get('a')
    expect(clearing?.left).to.deep.equal({ order: clearing?.order, dueAtMs: [NOW_MS + CANCEL_MARGIN_MS - 1] })
    await drain(world)
    expect(delivered(world)).to.deep.equal([`${CANCEL_MARGIN_MS - 1}`])
  })

  it('waits for an event that it overtook', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const cancelling = functionsOf(world).validator(aBatch(aRecord(cancel, { publishedAtMs: NOW_MS })))
    await world.clock.advance(OVERTAKEN_MS / 2)
    await handle(world, aRecord(schedule(60_000), { publishedAtMs: NOW_MS - 1 }))
    await world.clock.run(cancelling)
    await drain(world)
    expect(delivered(world)).to.deep.equal([])
    expect(told(world)).to.deep.equal([])
  })

  it('says that there is none, and what became of those that were', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, cancel)
    const [none] = told(world)
    expect(none).to.match(
      /^EVENT_NOT_FOUND No event a is scheduled\. .+; if it arrives after all, it stays cancelled\.$/,
    )
    await handle(world, aRecord(schedule(60_000), { publishedAtMs: NOW_MS }))
    await drain(world)
    await handle(world, aRecord(cancel, { publishedAtMs: world.clock.now() }))
    expect(told(world)[1]).to.equal(`EVENT_ENDED No event a is pending: that for ${inMs(60_000)} is delivered.`)
  })

  it('tells nothing when all of the id was cancelled before, whatever came of what came before that', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(60_000), cancel, cancel)
    expect(told(world)).to.deep.equal([])
  })

  it('says that one went out all the same that was pending when it was published, and delivered when it arrived', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(60_000))
    await drain(world)
    await handle(world, aRecord(cancel, { publishedAtMs: NOW_MS + 60_000 - 1 }))
    await handle(world, aRecord(cancel, { publishedAtMs: world.clock.now() }))
    expect(told(world).map((one) => one.split(' ')[0])).to.deep.equal(['TOO_LATE', 'EVENT_ENDED'])
  })

  it('says so, too, when a later one was taken in before it', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(60_000))
    await drain(world)
    const nowMs = world.clock.now()
    await handle(world, aRecord(schedule(900_000), { publishedAtMs: nowMs - 2 }))
    await handle(world, aRecord(cancel, { publishedAtMs: nowMs - 1 }))
    expect(told(world)).to.deep.equal([])
    await handle(world, aRecord(cancel, { publishedAtMs: NOW_MS + 60_000 - 1 }))
    await handle(world, aRecord(cancel, { publishedAtMs: nowMs - 3 }))
    expect(told(world)).to.deep.equal([tooLateFor(60_000)])
  })

  it('says so of one that arrived and went out while it was written that it is cancelled', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const event = arriving(1_000, { id: 'a', lane: 'soon', publication: { messageId: 'a', atMs: BEFORE_MS } })
    await world.table.index([event])
    const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
      await world.table.park([event])
      await world.table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '~', lateMs: [0] })
      return world.table.concludeFirst(outcome)
    }
    const record = aRecord(cancel, { publishedAtMs: BEFORE_MS + 1 })
    await handle({ ...world, table: { ...world.table, concludeFirst } }, record)
    expect(told(world).map((one) => one.split(' ')[0])).to.deep.equal(['TOO_LATE'])
  })

  it('says so of one that went out while it was moved, when that is known', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const event = arriving(1_000, { id: 'a', lane: 'near', publication: { messageId: 'a', atMs: BEFORE_MS } })
    const { slot, key } = event
    await world.table.index([event])
    await world.table.park([event])
    const next = arriving(90_000, { id: 'a' })
    await world.table.conclude({ slot, key, kind: 'cancelled', atMs: NOW_MS, next: { slot: next.slot, key: next.key } })
    const batch = aBatch(aRecord(cancel, { publishedAtMs: BEFORE_MS + 1 }))
    const first = await world.clock.run(functionsOf(world).validator(batch))
    expect(first.batchItemFailures).to.have.length(1)
    await world.table.checkpoint(slot, 0, { delivered: [key], upTo: '~', lateMs: [0] })
    await handle(world, ...batch.Records)
    expect(told(world).map((one) => one.split(' ')[0])).to.deep.equal(['TOO_LATE'])
  })

  it('does nothing, tells nothing and looks for nothing when it comes again', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const record = aRecord(cancel, { publishedAtMs: NOW_MS })
    await take(world, schedule(60_000))
    await handle(world, record)
    const placesOfId = () => expect.fail('looked for')
    const again = { ...world, table: { ...world.table, placesOfId } }
    for (let i = 0; i < 2; i++) await handle(again, record)
    expect(told(world)).to.deep.equal([])
  })

  it('says that there is none each time that it comes: it is told again if that failed', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const record = aRecord(cancel, { publishedAtMs: NOW_MS })
    for (let i = 0; i < 2; i++) await handle(world, record)
    expect(told(world).map((one) => one.split(' ')[0])).to.deep.equal(['EVENT_NOT_FOUND', 'EVENT_NOT_FOUND'])
  })

  it('says that there is none when what is there was published after it', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await handle(world, aRecord(schedule(60_000), { publishedAtMs: BEFORE_MS + 1 }))
    await handle(world, aRecord(cancel, { publishedAtMs: BEFORE_MS }))
    expect(told(world).map((one) => one.split(' ')[0])).to.deep.equal(['EVENT_NOT_FOUND'])
  })

  it('takes what replaced another in its very millisecond', async () => {
    const world = aWorld({ atMs: NOW_MS })
    for (const message of [schedule(60_000), schedule(120_000, { replace: true }), cancel])
      await handle(world, aRecord(message, { publishedAtMs: BEFORE_MS }))
    await drain(world)
    expect(delivered(world)).to.deep.equal([])
    expect(told(world)).to.deep.equal([])
  })

  it('says that one went out all the same that did in the very millisecond in which it was published', async () => {
    for (const others of [[], [schedule(900_000), cancel]]) {
      const world = aWorld({ atMs: NOW_MS })
      await take(world, schedule(60_000))
      const { slot, key } = arriving(60_000, { id: 'a' })
      await world.clock.advance(61_000)
      await world.table.checkpoint(slot, 0, { delivered: [key], upTo: '~', lateMs: [0] })
      for (const message of others) await handle(world, aRecord(message, { publishedAtMs: world.clock.now() }))
      await handle(world, aRecord(cancel, { publishedAtMs: NOW_MS + 60_000 }))
      expect(told(world).map((one) => one.split(' ')[0])).to.deep.equal(['TOO_LATE'])
    }
  })

  it('tells nothing of what had gone out before it, when a later one was taken in before it', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(10_000))
    await drain(world)
    const nowMs = world.clock.now()
    await handle(world, aRecord(schedule(nowMs - NOW_MS + 10_000), { publishedAtMs: nowMs }))
    await drain(world)
    const laterMs = world.clock.now()
    await handle(world, aRecord(schedule(laterMs - NOW_MS + 600_000), { publishedAtMs: laterMs }))
    await handle(world, aRecord(cancel, { publishedAtMs: laterMs }))
    await handle(world, aRecord(cancel, { publishedAtMs: nowMs - 1 }))
    expect(told(world)).to.deep.equal([])
  })

  it('says that the only one had failed', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const publication = { messageId: 'the first', atMs: BEFORE_MS }
    const event = arriving(-1_000, { id: 'a', lane: 'near', publication })
    await world.table.index([event])
    await world.table.park([event])
    await world.table.conclude({ slot: event.slot, key: event.key, kind: 'failed', atMs: NOW_MS - 1 })
    await handle(world, aRecord(cancel, { publishedAtMs: NOW_MS }))
    expect(told(world)).to.deep.equal([`EVENT_ENDED No event a is pending: that for ${inMs(-1_000)} is failed.`])
  })

  it('says that the only one is cancelled where it was when somebody else is moving it just then', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(60_000))
    const { slot, key } = arriving(60_000, { id: 'a' })
    const concludeFirst: World['table']['concludeFirst'] = async (outcome) => {
      const publication = { messageId: 'the move', atMs: BEFORE_MS + 1_000 }
      const next = { slot, key: `${key}-later` }
      await world.table.conclude({ slot, key, kind: 'cancelled', atMs: NOW_MS, publication, next })
      return world.table.concludeFirst(outcome)
    }
    const record = aRecord(cancel, { publishedAtMs: BEFORE_MS + 2_000 })
    await handle({ ...world, table: { ...world.table, concludeFirst } }, record)
    expect(told(world)).to.deep.equal([`EVENT_ENDED No event a is pending: that for ${inMs(60_000)} is cancelled.`])
  })

  it('takes one that is noted, and not there yet, as there: it stays cancelled when it comes', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const event = arriving(60_000, { id: 'a', publication: { messageId: 'the first', atMs: BEFORE_MS } })
    await world.table.index([event])
    await handle(world, aRecord(cancel, { publishedAtMs: BEFORE_MS + 1 }))
    await world.clock.run(stepsOf(world).schedule([event]))
    await drain(world)
    expect([delivered(world), told(world)]).to.deep.equal([[], []])
  })

  it('leaves with each event why it was cancelled', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(60_000), cancel)
    const facts = await eventFacts(world.table, arriving(60_000, { id: 'a' }), world.clock.now())
    expect(facts).to.include({ status: 'cancelled', reason: 'cancelled with all of its id' })
  })

  /** A world in which one event is being emitted and its target is not there, and another is being moved, too late to be sure. */
  const aWorldInDoubt = async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(60_000), schedule(61_000))
    const places = (await Array.fromAsync(world.table.placesOfId('a'))).flat().map(({ ref }) => ref)
    const [emitted, moved] = places as [EventRef, EventRef]
    await world.clock.advance(60_500)
    const moving = { messageId: 'the move', atMs: BEFORE_MS + 2_000 }
    const next = { slot: moved.slot, key: `${moved.key}-later` }
    const move = () =>
      world.table.conclude({ ...moved, kind: 'cancelled', atMs: world.clock.now(), publication: moving, next })
    const fail = () => world.table.conclude({ ...emitted, kind: 'failed', atMs: NOW_MS + 60_600 })
    const settle = () => world.table.settle(moved.slot, 0, emptySettlement())
    const all = aRecord(cancel, { publishedAtMs: NOW_MS + 60_400 })
    const other = aRecord(schedule(60_000, { payload: 'other' }), { publishedAtMs: NOW_MS + 60_300 })
    return { world, move, fail, settle, all, other }
  }

  for (const [when, isMeanwhile] of [
    ['before', true],
    ['after', false],
  ] as const)
    it(`tells what it came too late for, though that has failed until it is known of all, and what takes its place goes out, ${when} that`, async () => {
      const { world, move, fail, settle, all, other } = await aWorldInDoubt()
      await move()
      const { batchItemFailures } = await world.clock.run(functionsOf(world).validator(aBatch(all)))
      expect(batchItemFailures).to.have.length(1)
      await fail()
      await settle()
      await handle(world, ...(isMeanwhile ? [other] : []))
      await handle(world, all)
      await handle(world, ...(isMeanwhile ? [] : [other]))
      await drain(world)
      expect(delivered(world)).to.deep.equal(['other'])
      expect(told(world)).to.deep.equal([tooLateFor(60_000)])
    })

  it('tells what another that was published after it came too late for as well', async () => {
    const { world, move, fail, settle, all, other } = await aWorldInDoubt()
    await move()
    const later = aRecord(cancel, { publishedAtMs: NOW_MS + 60_450 })
    for (const one of [later, all]) await world.clock.run(functionsOf(world).validator(aBatch(one)))
    await fail()
    await settle()
    await handle(world, all)
    await handle(world, other)
    await drain(world)
    expect(delivered(world)).to.deep.equal(['other'])
    expect(told(world)).to.deep.equal([tooLateFor(60_000)])
  })

  it('tells what it came too late for when it comes again, whatever came of that meanwhile', async () => {
    const { world, fail, all, other } = await aWorldInDoubt()
    await handle(world, all)
    await fail()
    // As if its refusal were known no more, behind those of ten others.
    await handle(leasesLapsed(world), all)
    await handle(world, other)
    await drain(world)
    expect(delivered(world)).to.deep.equal(['other', '61000'])
    const late = tooLateFor(60_000, 61_000)
    expect(told(world)).to.deep.equal([late, late])
  })

  it('tells what it has noted that it is too late for, and of what a later one has noted only what it is too late for itself', async () => {
    for (const [by, codes] of [
      [{ atMs: NOW_MS, messageId: 'this' }, ['TOO_LATE']],
      [{ atMs: NOW_MS + 1, messageId: 'later' }, []],
    ] as const) {
      const world = aWorld({ atMs: NOW_MS })
      await take(world, schedule(60_000))
      const order = orderOfCancel(by)
      await world.table.clear('a', order)
      await world.table.saveLeft('a', { order, dueAtMs: [NOW_MS + 60_000] })
      await handle(world, aRecord(cancel, { publishedAtMs: NOW_MS, snsId: 'this' }))
      await drain(world)
      expect(told(world).map((one) => one.split(' ')[0])).to.deep.equal(codes)
      expect(delivered(world)).to.have.length(codes.length)
    }
  })

  it('is refused where ids are not indexed, and events are then not indexed either', async () => {
    const world = aWorld({ atMs: NOW_MS, index: 'none' })
    await take(world, schedule(60_000), cancel)
    expect(told(world)).to.deep.equal([
      'NOT_INDEXED This stack does not index ids (its setting index is none): give the date of the event.',
    ])
    expect(await Array.fromAsync(world.table.placesOfId('a'))).to.deep.equal([[]])
    await drain(world)
    expect(delivered(world)).to.deep.equal(['60000'])
  })

  it('finds no event whose id SNS gave: nothing is indexed for those', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await handle(world, aRecord(aMessage(), { snsId: 'given' }))
    expect(await Array.fromAsync(world.table.placesOfId('given'))).to.deep.equal([[]])
  })
})

describe('replacing what is pending under an id', () => {
  const replace = (ms: number, fields: Record<string, unknown> = {}) => schedule(ms, { replace: true, ...fields })

  it('leaves the last of many, as a debounce does, and reads no more for many than for two', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const seen: number[] = []
    for (let i = 0; i < 20; i++) {
      let reads = 0
      const { placesOfId } = world.table
      const table: World['table'] = {
        ...world.table,
        async *placesOfId(id, sinceMs) {
          for await (const page of placesOfId(id, sinceMs)) {
            reads += page.length
            yield page
          }
        },
      }
      await handle({ ...world, table }, aRecord(replace(60_000 + i * 1_000), { publishedAtMs: BEFORE_MS + i * 1_000 }))
      seen.push(reads)
    }
    expect(Math.max(...seen)).to.be.at.most(2)
    await drain(world)
    expect(delivered(world)).to.deep.equal(['79000'])
    expect(told(world)).to.deep.equal([])
  })

  it('leaves the place alone to which one that was published later is coming, whoever from before meets it first', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const at = (i: number, fields: Record<string, unknown>) =>
      aRecord(schedule(60_000, fields), { snsId: `message-${i}`, publishedAtMs: BEFORE_MS + i })
    const replacing = at(3, { payload: 'third', replace: true })
    await handle(world, at(1, { payload: 'first' }))
    const parkFirst: World['table']['parkFirst'] = async (events) => {
      if (events[0]?.payload === 'fourth')
        await functionsOf(leasesLapsed(world)).validator(aBatch(at(2, { payload: 'second' }), replacing))
      return world.table.parkFirst(events)
    }
    const concludeInstead: World['table']['concludeInstead'] = async (pointer, outcome) => {
      const slow = leasesLapsed({ ...world, table: { ...world.table, parkFirst } })
      if (outcome.kind === 'cancelled') await functionsOf(slow).validator(aBatch(at(4, { payload: 'fourth' })))
      return world.table.concludeInstead(pointer, outcome)
    }
    await handle({ ...world, table: { ...world.table, concludeInstead } }, replacing)
    await drain(world)
    expect(delivered(world)).to.deep.equal(['fourth'])
    expect(told(world).map((line) => line.split(' ')[0])).to.deep.equal(['EVENT_EXISTS'])
  })

  it('changes what an event of the same date delivers', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const other = aRecord(replace(60_000, { payload: 'other' }), { publishedAtMs: BEFORE_MS + 1_000 })
    await take(world, schedule(60_000))
    await handle(world, other)
    await handle(world, other)
    await drain(world)
    expect(delivered(world)).to.deep.equal(['other'])
    expect(told(world)).to.deep.equal([])
  })

  /** Has a request carried out whose event is due in so many ms. */
  const replaceBy = (world: World, inMs: number, publication: Publication) => {
    const event = arriving(inMs, { id: 'a' })
    const request = { ...event, action: 'schedule', date: { text: event.date, atMs: event.dueAtMs }, publication }
    return world.clock.run(stepsOf(world).replace(request as ScheduleRequest))
  }

  it('does not stop its own event, which another who handles the same message is about to park', async () => {
    for (const [beforeMs, otherMs, kinds] of [
      [0, 0, []],
      [1, 0, ['moved']],
      [0, 1, ['cancelled']],
    ] as const) {
      const world = aWorld({ atMs: NOW_MS })
      const event = arriving(2_000, { id: 'a', publication: { messageId: 'this', atMs: NOW_MS - beforeMs } })
      await world.table.index([event])
      await replaceBy(world, 2_000 + otherMs, { messageId: 'this', atMs: NOW_MS })
      // Of another, published a millisecond before or due a millisecond later, it is to take the place.
      expect(world.table.outcomesIn(event.slot).map(({ kind }) => kind)).to.deep.equal(kinds)
    }
  })

  it('changes what an event of the same date delivers that was published in the same millisecond', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await handle(world, aRecord(schedule(60_000), { snsId: 'one', publishedAtMs: BEFORE_MS }))
    await handle(world, aRecord(replace(60_000, { payload: 'other' }), { snsId: 'two', publishedAtMs: BEFORE_MS }))
    await drain(world)
    expect([delivered(world), told(world)]).to.deep.equal([['other'], []])
  })

  it('leaves its event out while nobody knows whether that of the same date went out, and schedules it at another', async () => {
    const publication = { messageId: 'this', atMs: NOW_MS + 1_000 }
    for (const [inMs, before, times, isScheduled] of [
      [10_000, [], 2, false],
      [10_000, [JSON.stringify({ action: 'cancel', id: 'a', date: iso(NOW_MS + 10_000) })], 1, false],
      [60_000, [], 1, true],
    ] as const) {
      const world = aWorld({ atMs: NOW_MS })
      for (const message of [schedule(10_000), ...before])
        await handle(world, aRecord(message, { publishedAtMs: NOW_MS }))
      await world.clock.advance(9_500)
      // Its own cancel, which it finds when it comes again, is not another's.
      for (let i = 0; i < times; i++)
        expect(await replaceBy(world, inMs, publication).catch(({ code }) => code)).to.equal('CANCEL_IN_DOUBT')
      const parked = world.table.slots().flatMap((slot) => world.table.eventsIn(slot))
      expect(parked.some((event) => event.publication?.messageId === 'this')).to.equal(isScheduled)
    }
  })

  for (const fault of [new SchedulerError('TABLE_UNAVAILABLE', 'gone'), new Error('gone')])
    it(`leaves its event out when the others could not be cancelled at all, with ${fault.name}`, async () => {
      const world = aWorld({ atMs: NOW_MS })
      await take(world, schedule(60_000))
      const table = { ...world.table, concludeFirst: () => Promise.reject(fault) }
      const replacing = replaceBy({ ...world, table }, 120_000, { messageId: 'this', atMs: NOW_MS })
      expect(await replacing.catch((thrown) => thrown)).to.equal(fault)
      expect(world.table.slots().flatMap((slot) => world.table.eventsIn(slot))).to.have.length(1)
    })

  it('says that what it was to change has been delivered, though a later request has replaced all since', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(60_000))
    await drain(world)
    const other = aRecord(replace(60_000, { payload: 'other' }), { publishedAtMs: NOW_MS + 60_000 - 1 })
    await handle(world, aRecord(replace(900_000), { publishedAtMs: world.clock.now() }))
    await handle(world, other)
    await drain(world)
    expect(delivered(world)).to.deep.equal(['60000', '900000'])
    expect(told(world).map((one) => one.split(' ')[0])).to.deep.equal(['EVENT_ENDED'])
  })

  it('says that what it was to change goes out all the same, though a later request was to replace all, too', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const at = (ms: number, message: string) => handle(world, aRecord(message, { publishedAtMs: NOW_MS + ms }))
    await at(0, schedule(3_000))
    await at(2, replace(3_000, { payload: 'second' }))
    await at(1, replace(3_000, { payload: 'first' }))
    await drain(world)
    expect(delivered(world)).to.deep.equal(['3000'])
    expect(told(world).map((one) => one.split(' ')[0])).to.deep.equal(['EVENT_EXISTS', 'EVENT_EXISTS'])
  })

  it('says that what it was to change went out while it was cancelled, when that is known', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const { slot, key } = arriving(10_000, { id: 'a' })
    const other = aRecord(replace(10_000, { payload: 'other' }), { publishedAtMs: NOW_MS + 5_000 })
    await handle(world, aRecord(schedule(10_000), { publishedAtMs: NOW_MS }))
    await world.clock.advance(9_500)
    const { batchItemFailures } = await world.clock.run(functionsOf(world).validator(aBatch(other)))
    expect(batchItemFailures, 'nobody knows yet').to.have.length(1)
    await world.table.checkpoint(slot, 0, { delivered: [key], upTo: '~', lateMs: [0] })
    await handle(world, other)
    expect(told(world).map((one) => one.split(' ')[0])).to.deep.equal(['EVENT_ENDED'])
  })

  it('does not wait with its event for proof that another, cancelled shortly before, has not gone out', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const dueMs = NOW_MS + 10_000
    await handle(world, aRecord(schedule(10_000), { publishedAtMs: NOW_MS }))
    await handle(
      world,
      aRecord(JSON.stringify({ action: 'cancel', id: 'a', date: iso(dueMs) }), { publishedAtMs: NOW_MS }),
    )
    await world.clock.advance(12_000)
    const replacing = aBatch(aRecord(replace(30_000), { publishedAtMs: world.clock.now() }))
    const { batchItemFailures } = await world.clock.run(functionsOf(world).validator(replacing))
    expect(batchItemFailures, 'comes back for the answer').to.have.length(1)
    await drain(world)
    expect(delivered(world)).to.deep.equal(['30000'])
    await handle(world, ...[replacing].flatMap(({ Records }) => Records))
    expect(told(world)).to.deep.equal([])
    expect(delivered(world)).to.deep.equal(['30000'])
  })

  it('tells nothing of its own date while it comes back for the answer of another: that may be decided otherwise then', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const stop = JSON.stringify({ action: 'cancel', id: 'a', date: iso(NOW_MS + 10_000) })
    for (const message of [schedule(10_000), schedule(13_000), stop])
      await handle(world, aRecord(message, { publishedAtMs: NOW_MS }))
    await world.clock.advance(12_000)
    const replacing = aRecord(replace(13_000, { payload: 'other' }), { publishedAtMs: world.clock.now() })
    const { batchItemFailures } = await world.clock.run(functionsOf(world).validator(aBatch(replacing)))
    expect([batchItemFailures.length, told(world)]).to.deep.equal([1, []])
    await drain(world)
    await handle(world, replacing)
    expect(told(world).map((one) => one.split(' ')[0])).to.deep.equal(['EVENT_ENDED'])
  })

  it('schedules beside what can be stopped no more, and says so', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(2_000))
    await handle(world, aRecord(replace(60_000), { publishedAtMs: NOW_MS }))
    await drain(world)
    expect(delivered(world).sort()).to.deep.equal(['2000', '60000'])
    expect(told(world).map((one) => one.split(' ')[0])).to.deep.equal(['TOO_LATE'])
  })

  it('says so when the answer comes after another has taken its place', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(60_000))
    await drain(world)
    const late = aRecord(replace(900_000), { publishedAtMs: NOW_MS + 60_000 - CANCEL_MARGIN_MS })
    await handle(world, aRecord(replace(960_000), { publishedAtMs: world.clock.now() - 1 }))
    await handle(world, aRecord(replace(1_020_000), { publishedAtMs: world.clock.now() }))
    await handle(world, late)
    await drain(world, 20)
    expect(delivered(world)).to.deep.equal(['60000', '1020000'])
    expect(told(world).map((one) => one.split('.')[0])).to.deep.equal([
      `TOO_LATE Event a for ${inMs(60_000).slice(0, 19)}`,
    ])
  })

  it('is refused where ids are not indexed, and is not scheduled', async () => {
    const world = aWorld({ atMs: NOW_MS, index: 'none' })
    await take(world, replace(60_000))
    await drain(world)
    expect(delivered(world)).to.deep.equal([])
    expect(told(world)).to.deep.equal([
      'NOT_INDEXED This stack does not index ids (its setting index is none): cancel the other event, and leave replace out.',
    ])
  })

  it('cancels the next attempt of one that is retrying', async () => {
    const world = aWorld({ atMs: NOW_MS })
    world.topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    await take(world, schedule(-60_000))
    const [{ events } = { events: [] }] = world.express.executions
    await world.clock.run(functionsOf(world).emitter({ execution: 'one', events }))
    await handle(world, aRecord(replace(600_000), { publishedAtMs: world.clock.now() }))
    const event = arriving(-60_000, { id: 'a' }) as ScheduledEvent
    expect((await eventFacts(world.table, event, world.clock.now())).status).to.equal('cancelled')
  })
})

describe('a change by an id alone that fails half-way', () => {
  const scripts = {
    cancel: { last: cancel, ends: [] as string[] },
    replace: { last: schedule(180_000, { replace: true }), ends: ['180000'] },
    reschedule: { last: JSON.stringify({ action: 'reschedule', id: 'a', new_date: inMs(180_000) }), ends: ['60000'] },
  }
  for (const [name, { last, ends }] of Object.entries(scripts)) {
    const before = name === 'reschedule' ? [schedule(60_000)] : [schedule(60_000), schedule(120_000)]
    const record = () => aRecord(last, { publishedAtMs: NOW_MS, messageId: 'q', snsId: 's' })
    const ended = async (world: World) => {
      await drain(world)
      expect(delivered(world)).to.deep.equal(ends)
      expect(told(world)).to.deep.equal([])
    }
    for (const fault of FAULTS)
      it(`is carried out when it comes again (${name}, whichever call ${fault})`, async () => {
        for (let at = 1, done = false; !done; at++) {
          const world = aWorld({ atMs: NOW_MS })
          await take(world, ...before)
          const failing = failingAt(world, at, fault)
          await world.clock.run(functionsOf(failing).validator(aBatch(record())))
          done = failing.calls() < at
          await handle(leasesLapsed(world), record())
          await ended(world)
        }
      })

    it(`is carried out when it comes again (${name}, killed before whichever call)`, async () => {
      for (let at = 1, done = false; !done; at++) {
        const world = aWorld({ atMs: NOW_MS })
        await take(world, ...before)
        const dying = dyingAt(world, at)
        await world.clock.run(Promise.race([functionsOf(dying).validator(aBatch(record())), dying.died]))
        done = dying.calls() < at
        await handle(leasesLapsed(world), record())
        await ended(world)
      }
    })
  }
})

describe('the steps of a validator', () => {
  it('take a cancel with a date for that event alone', async () => {
    const world = aWorld({ atMs: NOW_MS })
    await take(world, schedule(60_000), schedule(120_000))
    const request = { action: 'cancel', id: 'a', date: { text: '', atMs: NOW_MS + 60_000 } } as const
    await world.clock.run(stepsOf(world).cancel({ ...request, publication: { messageId: 'c', atMs: NOW_MS } }))
    await drain(world)
    expect(delivered(world)).to.deep.equal(['120000'])
  })
})
