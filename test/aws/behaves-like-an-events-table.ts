import { expect } from 'chai'
import type { EventsTable } from '../../aws/events-table.ts'
import { SchedulerError } from '../../core/errors.ts'
import { eventKey, keyAt, LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import { MAX_EVENT_BYTES, whyTooLarge } from '../../core/event-size.ts'
import { newSettling } from '../../core/runner-record.ts'
import { segmentsOf } from '../../core/segment.ts'
import { emptySettlement } from '../../core/settlement.ts'
import { slotAt } from '../../core/slot.ts'
import { CLAIM_MS, CLOCK_SKEW_MS } from '../../core/timetable.ts'
import { anEvent, due, MINUTE_MS } from '../support/builders.ts'
import type { FakeClock } from '../support/fake-clock.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const OTHER_SLOT = slotAt(MINUTE_MS + 60_000, 0)

/** What every events table does, the fake as well as the real one. `create` answers with an empty one. */
export function behavesLikeAnEventsTable(
  where: string,
  create: () => Promise<{ table: EventsTable; clock: FakeClock }>,
): void {
  describe(`the events table ${where}`, () => {
    let table: EventsTable
    let clock: FakeClock
    beforeEach(async () => {
      ;({ table, clock } = await create())
    })

    describe('events', () => {
      it('finds an event as it was parked, with every field', async () => {
        const event = anEvent({
          failureTopic: 'arn:aws:sns:eu-west-1:123456789012:other',
          latest: '2026-11-23T12:40:00Z',
          latestAtMs: MINUTE_MS + 360_000,
          acceptedAtMs: MINUTE_MS - 600_000,
          payload: '{"text": "äöü 😀 \\u0000"}',
          attempt: 3,
        })
        await table.park([event])
        expect(await table.find([event])).to.deep.equal([event])
      })

      it('are to be emitted where they stand, whatever else is written in them', async () => {
        const event = due(20_000)
        await table.park([{ ...event, emitAtMs: event.emitAtMs + 5_000 }])
        expect(await table.find([event])).to.deep.equal([event])
      })

      it('leaves out what is not given', async () => {
        const { latest: _, ...event } = anEvent()
        await table.park([{ ...event, latest: undefined }])
        expect(await table.find([event])).to.deep.equal([event])
        const outcome = { slot: event.slot, key: event.key, kind: 'failed', atMs: 1 } as const
        await table.conclude({ ...outcome, reason: undefined })
        expect(await table.outcomesOf([event])).to.deep.equal([outcome])
      })

      it('says which of some events are there', async () => {
        const [here, there, gone] = [due(1), due(2, { slot: OTHER_SLOT }), due(3)]
        await table.park([here, there])
        await table.conclude({ slot: SLOT, key: gone.key, kind: 'cancelled', atMs: 1 })
        const refs = [here, there].map(({ slot, key }) => ({ slot, key }))
        expect(await table.present([here, there, gone, { ...here, slot: OTHER_SLOT }])).to.have.deep.members(refs)
      })

      it('takes the largest event that is accepted, with every field', async () => {
        const others = { id: 'x'.repeat(64), latest: '2026-11-23T12:40:00Z', latestAtMs: MINUTE_MS, attempt: 100 }
        const event = anEvent({ ...others, payload: 'x'.repeat(262_000), acceptedAtMs: MINUTE_MS, user: '' })
        const texts = [event.id, event.target, event.payload, event.date, others.latest].join('')
        const largest = { ...event, user: 'u'.repeat(MAX_EVENT_BYTES - texts.length) }
        expect(whyTooLarge(largest)).to.equal(undefined)
        await table.park([largest])
        expect(await table.find([largest])).to.deep.equal([largest])
      })

      describe('with a payload that stands apart', () => {
        const large = (fields: Partial<ScheduledEvent> = {}) => anEvent({ payload: 'ä'.repeat(2_049), ...fields })

        it('are found, looked up and read in their order, whole', async () => {
          const events = [0, 1, 2, 3].map((n) => (n % 2 ? large({ dueAtMs: MINUTE_MS + n }) : due(n)))
          await table.park(events.toReversed())
          expect(await table.find(events)).to.have.deep.members(events)
          expect((await table.lookUp(events)).events).to.have.deep.members(events)
          expect(await all(table.eventsBetween(SLOT, '', LAST_KEY))).to.deep.equal(events)
        })

        it('are read in pages of a few MB', async () => {
          const payload = 'x'.repeat(250_000)
          await table.park(Array.from({ length: 40 }, (_, i) => large({ dueAtMs: MINUTE_MS + i, payload })))
          const pages = await Array.fromAsync(table.eventsBetween(SLOT, '', LAST_KEY))
          expect(pages.map(({ length }) => length)).to.deep.equal([16, 16, 8])
        })

        it('are seen at little cost without it, as others are', async () => {
          const [small, apart] = [anEvent(), large()]
          await table.park([small, apart])
          const heads = [small, apart].map(({ payload, ...head }) => ({ ...head, size: payload.length }))
          expect(await table.findHeads([small, apart])).to.have.deep.members(heads)
        })

        it('keep the payload that they were parked with, whatever another of that name leaves half written', async () => {
          const event = large()
          await table.park([event])
          const other = { ...event, payload: 'o'.repeat(5_000), target: 'another' }
          await table.park([other])
          await table.park([event])
          expect(await table.find([event])).to.deep.equal([event])
        })
      })

      it('does not keep fields that are undefined', async () => {
        const event = anEvent()
        await table.park([{ ...event, failureTopic: undefined, latest: undefined, latestAtMs: undefined }])
        expect(await table.find([event])).to.deep.equal([event])
      })

      it('has one event where the same was parked twice', async () => {
        const event = anEvent()
        await table.park([event])
        await table.park([event])
        expect(await all(table.eventsBetween(SLOT, '', LAST_KEY))).to.deep.equal([event])
      })

      it('leaves what stands there, where an event is parked only if it is the first, and says so', async () => {
        const [first, other] = [due(0, { lane: 'soon' }), due(1, { payload: 'x'.repeat(5_000) })]
        expect(await table.parkFirst([first, other])).to.deep.equal({ taken: [], unwritten: [], why: undefined })
        const [second, third] = [{ ...first, payload: 'second' }, due(2)]
        const { taken } = await table.parkFirst([second, third])
        expect(taken).to.deep.equal([{ slot: first.slot, key: first.key }])
        expect(await all(table.eventsBetween(SLOT, '', LAST_KEY))).to.deep.equal([first, other, third])
        expect(new Set(await all(table.announced(SLOT, 0)))).to.deep.equal(new Set([first.key]))
      })

      it('notes the last publish that asked for it again, whichever is noted first', async () => {
        const event = anEvent()
        const [earlier, later] = [1, 2].map((atMs) => ({ messageId: `m-${atMs}`, atMs }))
        if (!earlier || !later) expect.fail()
        await table.park([event])
        for (const publication of [later, earlier]) await table.askAgain(event, publication)
        expect(await table.find([event])).to.deep.equal([{ ...event, askedAgain: later }])
        await table.park([{ ...event, askedAgain: earlier }])
        expect(await table.find([event])).to.deep.equal([{ ...event, askedAgain: earlier }])
      })

      it('keeps what was parked, whatever its writer does to it afterwards', async () => {
        const event = anEvent({ payload: 'before' })
        const parked = { ...event }
        await table.park([parked])
        parked.payload = 'after'
        expect(await table.find([event])).to.deep.equal([event])
      })

      it('takes nothing to park and nothing to find', async () => {
        await table.park([])
        expect(await table.find([])).to.deep.equal([])
      })

      it('parks more events than one request takes, in several slots', async () => {
        const events = many(260)
        await table.park(events)
        expect(await all(table.eventsBetween(SLOT, '', LAST_KEY))).to.have.length(130)
        expect(await all(table.eventsBetween(OTHER_SLOT, '', LAST_KEY))).to.have.length(130)
        expect(await table.find(events)).to.have.deep.members(events)
      })

      it('finds those of the events that are there', async () => {
        const [one, two, three] = [anEvent(), anEvent(), anEvent()]
        await table.park([one, three])
        expect(await table.find([one, two, three])).to.have.deep.members([one, three])
      })

      it('refuses a batch that names an event twice', async () => {
        const event = anEvent()
        expect(await causeOf(table.park([event, event]))).to.equal('ValidationException')
        expect(await causeOf(table.find([event, event]))).to.equal('ValidationException')
        expect(await causeOf(table.outcomesOf([event, event]))).to.equal('ValidationException')
      })

      it('reads a range with its first key and without its last, in key order', async () => {
        const [a, b, c] = [1, 2, 3].map((second) => anEvent({ dueAtMs: MINUTE_MS + second * 1_000 })) as Triple
        await table.park([c, a, b])
        expect(await all(table.eventsBetween(SLOT, a.key, c.key))).to.deep.equal([a, b])
        expect(await all(table.eventsBetween(SLOT, keyAt(b.emitAtMs), LAST_KEY))).to.deep.equal([b, c])
        expect(await all(table.keysBetween(SLOT, a.key, c.key))).to.deep.equal([a.key, b.key])
        expect(await all(table.keysBetween(SLOT, keyAt(b.emitAtMs), LAST_KEY))).to.deep.equal([b.key, c.key])
        const heads = [a, b, c].map(({ payload, ...head }) => ({ ...head, size: payload.length }))
        expect(await all(table.headsBetween(SLOT, a.key, c.key))).to.deep.equal(heads.slice(0, 2))
        expect(await all(table.headsBetween(SLOT, keyAt(b.emitAtMs), LAST_KEY))).to.deep.equal(heads.slice(1))
      })

      it('orders events of one millisecond by id, and attempts of one event by number', async () => {
        const events = [anEvent({ id: 'b' }), anEvent({ id: 'a' }), anEvent({ id: 'a', attempt: 2 })] as const
        await table.park(events)
        const found = await all(table.eventsBetween(SLOT, '', LAST_KEY))
        expect(found.map(({ key }) => key)).to.deep.equal([events[1].key, events[2].key, events[0].key])
      })

      it('refuses a range whose end is before its start', async () => {
        expect(await causeOf(all(table.eventsBetween(SLOT, 'b', 'a')))).to.equal('ValidationException')
        expect(await causeOf(all(table.outcomesBetween(SLOT, 'b', 'a')))).to.equal('ValidationException')
      })

      it('reads a slot larger than a page of 1 MB whole', async () => {
        const payload = 'x'.repeat(120_000)
        const events = Array.from({ length: 12 }, (_, i) => anEvent({ payload, dueAtMs: MINUTE_MS + i }))
        await table.park(events)
        const found = await all(table.eventsBetween(SLOT, '', LAST_KEY))
        expect(found.map(({ id }) => id)).to.deep.equal(events.map(({ id }) => id))
      })

      it('counts the events of a slot, more than a page of 1 MB of them, too', async () => {
        const payload = 'x'.repeat(3_900)
        const events = Array.from({ length: 300 }, (_, i) => anEvent({ payload, dueAtMs: MINUTE_MS + i }))
        expect(await table.countEvents(SLOT)).to.equal(0)
        await table.park(events)
        await table.conclude({ slot: SLOT, key: events[0]?.key as string, kind: 'cancelled', atMs: 1 })
        expect(await table.countEvents(SLOT)).to.equal(300)
        expect(await table.countEvents(OTHER_SLOT)).to.equal(0)
      })

      it('tells the planner size and key of the runner’s events, in key order', async () => {
        const [far, near, express] = (['far', 'near', 'express'] as const).map((lane, i) =>
          anEvent({ lane, dueAtMs: MINUTE_MS + i, payload: 'x'.repeat(i + 1) }),
        ) as Triple
        await table.park([near, far, express])
        const planned = await all(table.plannedEvents(SLOT))
        expect(planned).to.deep.equal([
          { key: far.key, size: 1 },
          { key: near.key, size: 2 },
        ])
      })

      it('says that a slot holds events once something is parked in it, not for what else is known of it', async () => {
        await table.conclude({ ...anEvent(), kind: 'cancelled', atMs: 1 })
        await table.saveRun(SLOT, 2)
        expect(await table.holdsEvents(SLOT)).to.equal(false)
        await table.park([anEvent({ lane: 'express' })])
        expect(await table.holdsEvents(SLOT)).to.equal(true)
        expect(await table.holdsEvents(OTHER_SLOT)).to.equal(false)
      })
    })

    describe('announcements', () => {
      const soon = (ms: number, fields: Partial<ScheduledEvent> = {}) =>
        anEvent({ lane: 'soon', dueAtMs: MINUTE_MS + ms, ...fields })
      const announced = async (slot: string, fromMs: number) => (await all(table.announced(slot, fromMs))).sort()

      it('name the soon events of a slot that were parked, and no others', async () => {
        const [a, b] = [soon(10), soon(20)]
        await table.park([b, anEvent(), a, anEvent({ lane: 'near' }), anEvent({ lane: 'express' })])
        await table.park([anEvent()])
        expect(await announced(SLOT, 0)).to.deep.equal([a.key, b.key])
        expect(await announced(OTHER_SLOT, 0)).to.deep.equal([])
      })

      it('stand where the last of their events is emitted', async () => {
        const [a, b, c] = [soon(10), soon(20), soon(30)]
        await table.park([a, c])
        await table.park([b])
        expect(await announced(SLOT, MINUTE_MS + 20)).to.deep.equal([a.key, b.key, c.key])
        expect(await announced(SLOT, MINUTE_MS + 21)).to.deep.equal([a.key, c.key])
        expect(await announced(SLOT, MINUTE_MS + 31)).to.deep.equal([])
      })

      it('are not made with events that are so late that no emitter would see them any more', async () => {
        const [late, seen] = [-CLOCK_SKEW_MS - 1, -CLOCK_SKEW_MS].map((ms) =>
          anEvent({ lane: 'soon', slot: SLOT, dueAtMs: clock.now() + ms }),
        )
        await table.park([late, seen] as ScheduledEvent[])
        expect(await announced(SLOT, 0)).to.deep.equal([seen?.key])
      })

      it('are made for every slot of a batch', async () => {
        const [here, there] = [soon(10), soon(60_010)]
        await table.park([here, there])
        expect(await announced(SLOT, 0)).to.deep.equal([here.key])
        expect(await announced(OTHER_SLOT, 0)).to.deep.equal([there.key])
      })

      it('are neither events nor outcomes', async () => {
        const event = soon(10)
        await table.park([event])
        expect(await all(table.eventsBetween(SLOT, '', LAST_KEY))).to.deep.equal([event])
        expect(await all(table.outcomesBetween(SLOT, '', LAST_KEY))).to.deep.equal([])
      })
    })

    describe('announcements of events that are there already', () => {
      it('tell of them, slot by slot, until the instant that is given', async () => {
        const [a, b] = [anEvent({ lane: 'near' }), anEvent({ lane: 'near' })]
        const there = anEvent({ dueAtMs: MINUTE_MS + 60_000 })
        const announced = async (slot: string, fromMs: number) => (await all(table.announced(slot, fromMs))).sort()
        await table.announce([a, b, there], MINUTE_MS + 5)
        expect(await announced(SLOT, MINUTE_MS + 5)).to.deep.equal([a.key, b.key].sort())
        expect(await announced(OTHER_SLOT, MINUTE_MS + 5)).to.deep.equal([there.key])
        expect(await announced(SLOT, MINUTE_MS + 6)).to.deep.equal([])
      })
    })

    describe('outcomes', () => {
      const ref = { slot: SLOT, key: eventKey(MINUTE_MS, 'a', 1) }

      it('tells an outcome with every field', async () => {
        const next = { slot: OTHER_SLOT, key: eventKey(MINUTE_MS + 60_000, 'a', 2) }
        const outcome = { ...ref, kind: 'retrying', atMs: 7, attempts: 2, reason: 'throttled', next } as const
        await table.conclude(outcome)
        expect(await table.outcomesOf([ref])).to.deep.equal([outcome])
      })

      it('never replaces an outcome by another', async () => {
        expect(await table.conclude({ ...ref, kind: 'cancelled', atMs: 1 })).to.equal(true)
        expect(await table.conclude({ ...ref, kind: 'retrying', atMs: 2 })).to.equal(false)
        expect(await table.conclude({ ...ref, kind: 'failed', atMs: 2, by: 'me' })).to.equal(false)
        expect(await table.outcomesOf([ref])).to.deep.equal([{ ...ref, kind: 'cancelled', atMs: 1 }])
      })

      it('replaces a claim by the outcome of whoever made it, and of nobody else', async () => {
        await table.claim(ref, 'me')
        expect(await table.conclude({ ...ref, kind: 'failed', atMs: 2 })).to.equal(false)
        expect(await table.conclude({ ...ref, kind: 'failed', atMs: 2, by: 'you' })).to.equal(false)
        const mine = { ...ref, kind: 'failed', atMs: 2, by: 'me' } as const
        expect(await table.conclude(mine)).to.equal(true)
        expect(await table.outcomesOf([ref])).to.deep.equal([mine])
      })

      it('records a first outcome only where there is none', async () => {
        expect(await table.concludeFirst({ ...ref, kind: 'cancelled', atMs: 1 })).to.equal(true)
        expect(await table.concludeFirst({ ...ref, kind: 'retrying', atMs: 2 })).to.equal(false)
        expect(await table.outcomesOf([ref])).to.deep.equal([{ ...ref, kind: 'cancelled', atMs: 1 }])
      })

      it('records an outcome instead of the one that was read', async () => {
        const failed = { ...ref, kind: 'failed', atMs: 1 } as const
        await table.conclude(failed)
        expect(await table.concludeInstead({ ...ref, kind: 'retrying', atMs: 2 }, failed)).to.equal(true)
        expect(await table.outcomesOf([ref])).to.deep.equal([{ ...ref, kind: 'retrying', atMs: 2 }])
      })

      it('records no outcome instead of another than was read, nor instead of none', async () => {
        const retrying = { ...ref, kind: 'retrying', atMs: 2 } as const
        const cancelled = { ...ref, kind: 'cancelled', atMs: 1 } as const
        expect(await table.concludeInstead(retrying, { ...ref, kind: 'failed', atMs: 1 })).to.equal(false)
        await table.conclude(cancelled)
        expect(await table.concludeInstead(retrying, { ...ref, kind: 'failed', atMs: 1 })).to.equal(false)
        expect(await table.concludeInstead(retrying, { ...cancelled, atMs: 3 })).to.equal(false)
        expect(await table.outcomesOf([ref])).to.deep.equal([cancelled])
      })

      it('tells the outcomes of those events that have one, however many are asked for', async () => {
        const events = many(230)
        const concluded = events.filter((_, i) => i % 3 === 0)
        await Promise.all(concluded.map(({ slot, key }) => table.conclude({ slot, key, kind: 'failed', atMs: 1 })))
        const found = await table.outcomesOf(events)
        expect(found.map(({ key }) => key)).to.have.members(concluded.map(({ key }) => key))
      })

      it('reads the outcomes of a range with both its ends, in key order', async () => {
        const keys = [1, 2, 3, 4].map((ms) => eventKey(MINUTE_MS + ms, 'a', 1))
        for (const key of keys.toReversed()) await table.conclude({ slot: SLOT, key, kind: 'failed', atMs: 1 })
        const found = await all(table.outcomesBetween(SLOT, keys[1] as string, keys[2] as string))
        expect(found.map(({ key }) => key)).to.deep.equal(keys.slice(1, 3))
      })

      it('has no outcomes of an unknown slot', async () => {
        expect(await all(table.outcomesBetween('1999-01-01T00-00Z-00', '', LAST_KEY))).to.deep.equal([])
      })
    })

    describe('claims', () => {
      it('are given back by whoever has them, and by nobody else', async () => {
        const event = anEvent()
        await table.claim(event, 'me')
        await table.release(event, 'you')
        expect(await table.claim(event, 'you')).to.equal(false)
        await table.release(event, 'me')
        expect(await table.claim(event, 'you')).to.equal(true)
      })

      it('are not given back over the end of their event', async () => {
        const event = anEvent()
        await table.claim(event, 'me')
        await table.conclude({ ...event, kind: 'failed', atMs: MINUTE_MS, by: 'me' })
        await table.release(event, 'me')
        expect((await table.outcomesOf([event]))[0]).to.have.property('kind', 'failed')
      })

      const ref = { slot: SLOT, key: eventKey(MINUTE_MS, 'a', 1) }

      it('gives an event that nobody has claimed', async () => {
        expect(await table.claim(ref, 'me')).to.equal(true)
        const claimed = { ...ref, kind: 'claimed', atMs: clock.now(), by: 'me' }
        expect(await table.outcomesOf([ref])).to.deep.equal([claimed])
      })

      it('gives an event to its owner again, and renews the claim', async () => {
        await table.claim(ref, 'me')
        await clock.advance(1_000)
        expect(await table.claim(ref, 'me')).to.equal(true)
        expect((await table.outcomesOf([ref]))[0]?.atMs).to.equal(clock.now())
      })

      it('keeps another off one millisecond before the claim lapses', async () => {
        await table.claim(ref, 'me')
        await clock.advance(CLAIM_MS - 1)
        expect(await table.claim(ref, 'you')).to.equal(false)
        expect((await table.outcomesOf([ref]))[0]?.by).to.equal('me')
      })

      it('gives an event to another at the millisecond the claim lapses', async () => {
        await table.claim(ref, 'me')
        await clock.advance(CLAIM_MS)
        expect(await table.claim(ref, 'you')).to.equal(true)
      })

      for (const kind of ['failed', 'cancelled', 'expired', 'retrying', 'moved'] as const)
        it(`gives an event to nobody once it is ${kind}`, async () => {
          await table.conclude({ ...ref, kind, atMs: 0, by: 'me' })
          expect(await table.claim(ref, 'me')).to.equal(false)
        })

      it('gives an event to one of many who ask at once', async () => {
        const claims = await Promise.all(Array.from({ length: 20 }, (_, i) => table.claim(ref, `claimer ${i}`)))
        expect(claims.filter(Boolean)).to.have.length(1)
      })
    })

    describe('checkpoints', () => {
      const facts = (...delivered: string[]) => ({ delivered, upTo: 'upTo', lateMs: delivered.map(() => 0) })

      it('tells a writer’s checkpoints in the order they were written', async () => {
        await table.checkpoint(SLOT, 3, facts('a'))
        await clock.advance(1)
        await table.checkpoint(SLOT, 3, facts('b', 'c'))
        expect(await all(table.checkpoints(SLOT, 3))).to.deep.equal([facts('a'), facts('b', 'c')])
      })

      it('keeps all checkpoints of one millisecond', async () => {
        await Promise.all(['a', 'b', 'c'].map((key) => table.checkpoint(SLOT, 0, facts(key))))
        const found = await all(table.checkpoints(SLOT, 0))
        expect(found.flatMap(({ delivered }) => delivered)).to.have.members(['a', 'b', 'c'])
      })

      it('keeps writers and slots apart', async () => {
        await table.checkpoint(SLOT, 1, facts('segment 1'))
        await table.checkpoint(SLOT, 10, facts('segment 10'))
        await table.checkpoint(SLOT, 'express', facts('express'))
        await table.checkpoint(SLOT, 'settle', facts('settler'))
        for (const [writer, key] of [
          [1, 'segment 1'],
          [10, 'segment 10'],
          ['express', 'express'],
          ['settle', 'settler'],
        ] as const)
          expect(await all(table.checkpoints(SLOT, writer))).to.deep.equal([facts(key)])
        expect(await all(table.checkpoints(SLOT, 0))).to.deep.equal([])
        expect(await all(table.checkpoints(OTHER_SLOT, 1))).to.deep.equal([])
      })

      it('keeps each lateness beside its key, also of a clock that was set back', async () => {
        const checkpoint = { delivered: ['a#1', 'b#2', 'c#3'], upTo: 'd', lateMs: [0, -3_600_000, 12] }
        await table.checkpoint(SLOT, 0, checkpoint)
        expect(await all(table.checkpoints(SLOT, 0))).to.deep.equal([checkpoint])
      })

      it('takes a checkpoint that names nothing', async () => {
        await table.checkpoint(SLOT, 0, facts())
        expect(await all(table.checkpoints(SLOT, 0))).to.deep.equal([facts()])
      })

      it('takes 2,000 of the longest keys in one checkpoint', async () => {
        const keys = Array.from({ length: 2_000 }, (_, i) => eventKey(MINUTE_MS, String(i).padStart(64, 'x'), 100))
        await table.checkpoint(SLOT, 0, facts(...keys))
        expect(await all(table.checkpoints(SLOT, 0))).to.deep.equal([facts(...keys)])
      })

      it('reads more checkpoints than a page of 1 MB holds', async () => {
        const keys = Array.from({ length: 1_500 }, (_, i) => eventKey(MINUTE_MS, String(i).padStart(64, 'x'), 1))
        for (let i = 0; i < 12; i++) {
          await table.checkpoint(SLOT, 0, facts(...keys))
          await clock.advance(1)
        }
        expect(await all(table.checkpoints(SLOT, 0))).to.have.length(12)
      })

      it('are read as they were written from an instant on, in the order of time, few at first', async () => {
        const startMs = clock.now()
        for (let i = 0; i < 12; i++) {
          await table.checkpoint(SLOT, 7, facts(`k${i}`))
          await table.checkpoint(SLOT, 'express', facts('another'))
          await clock.advance(1_000)
        }
        const pages = await Array.fromAsync(table.checkpointsSince(SLOT, 7, startMs + 3_000))
        expect(pages.map((page) => page.flatMap(({ delivered }) => delivered))).to.deep.equal([
          ['k3', 'k4', 'k5', 'k6', 'k7'],
          ['k8', 'k9', 'k10', 'k11'],
        ])
      })
    })

    describe('what stands under own ids', () => {
      const published = (event: ScheduledEvent, atMs: number) => ({ ...event, publication: { messageId: 'm', atMs } })

      it('is where events of an id were placed, in the order of their publishing, from an instant on', async () => {
        const [a1, a2] = [due(5, { id: 'a' }), due(3, { id: 'a' })]
        await table.index([published(a1, 10), published(due(0, { id: 'ab' }), 10), published(a2, 20)])
        const place = ({ slot, key }: ScheduledEvent, publishedAtMs: number) => ({ ref: { slot, key }, publishedAtMs })
        expect(await all(table.placesOfId('a'))).to.deep.equal([place(a1, 10), place(a2, 20)])
        expect(await all(table.placesOfId('a', 20))).to.deep.equal([place(a2, 20)])
        expect(await all(table.placesOfId('a', 21))).to.deep.equal([])
      })

      it('is one place however often the same publish is indexed, and the first one after a retry', async () => {
        const event = published(due(5, { id: 'a' }), 10)
        for (let i = 0; i < 2; i++) await table.index([event])
        expect(await all(table.placesOfId('a'))).to.deep.equal([
          { ref: { slot: event.slot, key: event.key }, publishedAtMs: 10 },
        ])
      })

      it('is that all of it was cancelled, and the latest publish that says so stays', async () => {
        expect(await table.clearingsOf(['a', 'b'])).to.deep.equal(new Map())
        await table.clear('a', '5')
        await table.clear('a', '4')
        expect(await table.clearingsOf(['a', 'b'])).to.deep.equal(
          new Map([['a', { order: '5', doneMs: 0, wentOutMs: 0 }]]),
        )
        await table.saveCleared('a', { doneMs: 7, wentOutMs: 3 })
        await table.saveCleared('a', { doneMs: 6, wentOutMs: 4 })
        await table.clear('a', '6')
        expect(await table.clearingsOf(['a', 'a'])).to.deep.equal(
          new Map([['a', { order: '6', doneMs: 7, wentOutMs: 3 }]]),
        )
      })

      it('is what a clearing came too late for, as long as no other has come after it', async () => {
        const left = { order: '5', dueAtMs: [3, 4] }
        await table.clear('a', '5')
        await table.saveLeft('a', left)
        expect((await table.clearingsOf(['a'])).get('a')).to.deep.include({ left })
        await table.clear('a', '6')
        await table.saveLeft('a', { order: '5', dueAtMs: [7] })
        expect((await table.clearingsOf(['a'])).get('a')).to.deep.include({ order: '6', left })
      })

      it('is known before events are written, together with the places of events and of outcomes', async () => {
        const [there, ended, gone] = [due(5, { id: 'a' }), due(6, { id: 'b' }), due(7, { id: 'c' })]
        await table.park([there])
        await table.conclude({ slot: ended.slot, key: ended.key, kind: 'cancelled', atMs: 1 })
        await table.clear('c', '5')
        const { places, clearings } = await table.knownBefore([there, ended, gone], ['c', 'd', 'c'])
        expect(places).to.have.deep.members([there, ended].map(({ slot, key }) => ({ slot, key })))
        expect(clearings).to.deep.equal(new Map([['c', { order: '5', doneMs: 0, wentOutMs: 0 }]]))
      })

      it('is not cleared by the word that it was, where nobody has', async () => {
        await table.saveCleared('a', { doneMs: 7, wentOutMs: 0 })
        expect(await table.clearingsOf(['a'])).to.deep.equal(new Map())
      })
    })

    describe('the lease of an id', () => {
      const lease = (handling: string, id = 'a') => ({ id, handling })
      const refused = (messageId: string) => ({
        messageId,
        refusals: [{ code: 'TOO_LATE', error: 'too late' } as const],
      })

      it('is one handling’s until that gives it back', async () => {
        expect(await table.takeLease(lease('1'))).to.deep.equal([])
        expect(await table.takeLease(lease('2'))).to.equal(undefined)
        expect(await table.takeLease(lease('2', 'b'))).to.deep.equal([])
        expect(await table.giveLeaseBack(lease('1'))).to.equal(true)
        expect(await table.takeLease(lease('2'))).to.deep.equal([])
      })

      it('is taken by a repeated request, and given back by no other', async () => {
        await table.takeLease(lease('1'))
        expect(await table.takeLease(lease('1'))).to.deep.equal([])
        expect(await table.giveLeaseBack(lease('2'))).to.equal(false)
        expect(await table.takeLease(lease('2'))).to.equal(undefined)
      })

      it('is given back by nobody where there is none', async () => {
        expect(await table.giveLeaseBack(lease('1'))).to.equal(false)
        expect(await table.takeLease(lease('2'))).to.deep.equal([])
      })

      it('comes with what was refused lately, as the last who knew of more has left it', async () => {
        await table.takeLease(lease('1'))
        await table.giveLeaseBack(lease('1'), [refused('first')])
        expect(await table.takeLease(lease('2'))).to.deep.equal([refused('first')])
        await table.giveLeaseBack(lease('2'))
        expect(await table.takeLease(lease('3'))).to.deep.equal([refused('first')])
        await table.giveLeaseBack(lease('3'), [refused('second'), refused('first')])
        expect(await table.giveLeaseBack(lease('2'), [])).to.equal(false)
        expect(await table.takeLease(lease('4'))).to.deep.equal([refused('second'), refused('first')])
      })
    })

    describe('the owners of segments', () => {
      it('are none at first, then counted from one', async () => {
        expect(await table.incarnationOf(SLOT, 0)).to.equal(0)
        expect([await table.takeSegment(SLOT, 0), await table.takeSegment(SLOT, 0)]).to.deep.equal([1, 2])
        expect(await table.incarnationOf(SLOT, 0)).to.equal(2)
      })

      it('are counted for each segment and slot on its own', async () => {
        await table.takeSegment(SLOT, 1)
        const others = [table.incarnationOf(SLOT, 0), table.incarnationOf(SLOT, 10), table.incarnationOf(OTHER_SLOT, 1)]
        expect(await Promise.all(others)).to.deep.equal([0, 0, 0])
      })

      it('are each another when many take a segment at once', async () => {
        const all = await Promise.all(Array.from({ length: 20 }, () => table.takeSegment(SLOT, 39)))
        expect(all.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 20 }, (_, i) => i + 1))
      })
    })

    describe('the runner’s record', () => {
      const settlement = { ...emptySettlement(), events: 2, delivered: 2, latenessMs: { p50: 1, p99: 2, max: 2 } }

      it('is empty for a slot nobody has opened', async () => {
        expect(await table.runnerRecord(SLOT)).to.deep.equal({ runs: 1, version: 0 })
      })

      it('keeps the first segments that are saved, and tells everybody of them', async () => {
        const first = segmentsOf(SLOT, [keyAt(MINUTE_MS + 1_000)])
        const second = segmentsOf(SLOT, [])
        expect(await table.saveSegments(SLOT, first)).to.deep.equal(first)
        expect(await table.saveSegments(SLOT, second)).to.deep.equal(first)
        expect((await table.runnerRecord(SLOT)).segments).to.deep.equal(first)
      })

      it('remembers the last runner that was started', async () => {
        await table.saveRun(SLOT, 4)
        expect((await table.runnerRecord(SLOT)).runs).to.equal(4)
      })

      it('is settled with its account', async () => {
        expect(await table.settle(SLOT, 0, settlement)).to.equal(true)
        const { settledAtMs, settlement: found } = await table.runnerRecord(SLOT)
        expect(settledAtMs).to.equal(clock.now())
        expect(found).to.deep.equal(settlement)
      })

      it('is settled without lateness where nothing was delivered', async () => {
        expect(await table.settle(SLOT, 0, { ...emptySettlement(), latenessMs: undefined })).to.equal(true)
        expect((await table.runnerRecord(SLOT)).settlement).to.deep.equal(emptySettlement())
      })

      it('says how far its settling has come, until it is settled', async () => {
        const settling = { ...newSettling(0), position: 'a', lateness: { 3: 4 }, againAtMs: 5 }
        expect(await table.saveSettling(SLOT, settling)).to.equal(true)
        expect((await table.runnerRecord(SLOT)).settling).to.deep.equal(settling)
        await table.settle(SLOT, 0, settlement)
        expect(await table.runnerRecord(SLOT)).to.not.have.property('settling')
      })

      it('takes no word of a settling that began before it was unsettled', async () => {
        await table.unsettle(SLOT)
        expect(await table.saveSettling(SLOT, newSettling(0))).to.equal(false)
        expect(await table.saveSettling(SLOT, newSettling(1))).to.equal(true)
      })

      it('is not settled by whoever read it before it was unsettled', async () => {
        const { version } = await table.runnerRecord(SLOT)
        await table.unsettle(SLOT)
        expect(await table.settle(SLOT, version, settlement)).to.equal(false)
        expect((await table.runnerRecord(SLOT)).settledAtMs).to.equal(undefined)
      })

      it('is settled by whoever read it after it was unsettled', async () => {
        await table.settle(SLOT, 0, settlement)
        const { version, settledAtMs, runs } = await table.unsettle(SLOT)
        expect([version, settledAtMs, runs]).to.deep.equal([1, undefined, 1])
        expect(await table.settle(SLOT, 1, settlement)).to.equal(true)
        expect((await table.unsettle(SLOT)).version).to.equal(2)
      })

      it('keeps segments and runs while it is unsettled', async () => {
        const segments = segmentsOf(SLOT, [])
        await table.saveSegments(SLOT, segments)
        await table.saveRun(SLOT, 3)
        expect(await table.unsettle(SLOT)).to.deep.equal({ segments, runs: 3, version: 1 })
      })

      it('is another for every slot', async () => {
        await table.settle(SLOT, 0, settlement)
        expect((await table.runnerRecord(OTHER_SLOT)).settledAtMs).to.equal(undefined)
      })
    })

    describe('the division of a minute', () => {
      const HOUR_MS = 3_600_000

      it('is unknown where nobody has written', async () => {
        expect(await table.shardsAt(MINUTE_MS)).to.equal(undefined)
      })

      it('is what the first one says, for every instant of the minute and for good', async () => {
        expect(await table.divideMinute(MINUTE_MS + 59_999, 4)).to.equal(4)
        expect(await table.divideMinute(MINUTE_MS, 8)).to.equal(4)
        expect(await table.shardsAt(MINUTE_MS + 30_000)).to.equal(4)
        expect(await table.shardsAt(MINUTE_MS + 60_000)).to.equal(undefined)
      })

      it('is one, whoever is first of many at once', async () => {
        const answers = await Promise.all([1, 2, 3, 4].map((shards) => table.divideMinute(MINUTE_MS, shards)))
        expect(new Set(answers)).to.deep.equal(new Set([await table.shardsAt(MINUTE_MS)]))
      })

      it('is listed in the order of the minutes, across hours, from one instant to another', async () => {
        const at = [-1, 0, 59, 60, 61, 150]
        for (const n of [...at].reverse()) await table.divideMinute(HOUR_MS * 500_000 + n * 60_000, n === 60 ? 2 : 1)
        const found = await all(table.minutesBetween(HOUR_MS * 500_000, HOUR_MS * 500_000 + 150 * 60_000))
        expect(found.map(({ minuteMs, shards }) => [(minuteMs - HOUR_MS * 500_000) / 60_000, shards])).to.deep.equal([
          [0, 1],
          [59, 1],
          [60, 2],
          [61, 1],
        ])
      })

      it('is listed of no minute where the span is empty', async () => {
        await table.divideMinute(MINUTE_MS, 1)
        for (const toMs of [MINUTE_MS, MINUTE_MS - 90_000])
          expect(await all(table.minutesBetween(MINUTE_MS, toMs))).to.deep.equal([])
      })
    })

    describe('the set of unsettled slots', () => {
      const unsettled = { slot: SLOT, sinceMs: 1, tries: 1, againAtMs: 60_000 }

      it('takes a slot once, and keeps what it knows of it', async () => {
        expect(await table.addUnsettled(unsettled)).to.equal(true)
        expect(await table.addUnsettled({ ...unsettled, againAtMs: 5 })).to.equal(false)
        expect(await all(table.unsettledSlots())).to.deep.equal([unsettled])
      })

      it('writes what changes', async () => {
        await table.saveUnsettled(unsettled)
        await table.saveUnsettled({ ...unsettled, tries: 2 })
        expect(await all(table.unsettledSlots())).to.deep.equal([{ ...unsettled, tries: 2 }])
      })

      it('loses a slot that is over, and can take it again', async () => {
        await table.addUnsettled(unsettled)
        await table.removeUnsettled(unsettled)
        expect(await all(table.unsettledSlots())).to.deep.equal([])
        expect(await table.addUnsettled(unsettled)).to.equal(true)
        expect(await all(table.unsettledSlots())).to.deep.equal([unsettled])
      })

      it('keeps a slot that somebody has unsettled since it was looked at', async () => {
        await table.addUnsettled(unsettled)
        await table.saveUnsettled({ ...unsettled, againAtMs: 90_000 })
        await table.removeUnsettled(unsettled)
        expect(await all(table.unsettledSlots())).to.have.length(1)
      })
    })

    describe('the watermark', () => {
      it('begins once, and is not set back by who begins later', async () => {
        await table.beginWatermark(60_000)
        await table.saveWatermark({ sweptUntilMs: 240_000, auditedUntilMs: 60_000 })
        await table.beginWatermark(120_000)
        expect(await table.watermark()).to.deep.equal({ sweptUntilMs: 240_000, auditedUntilMs: 60_000 })
      })

      it('finds events and outcomes together', async () => {
        const [one, two] = [anEvent({ id: 'one' }), anEvent({ id: 'two' })]
        await table.park([one])
        const outcome = { slot: two.slot, key: two.key, kind: 'cancelled', atMs: 1 } as const
        await table.conclude(outcome)
        const known = { events: [one], outcomes: [outcome], unreadable: [] }
        expect(await table.lookUp([one, two])).to.deep.equal(known)
      })

      it('is unknown before the first sweep', async () => {
        expect(await table.watermark()).to.equal(undefined)
      })

      it('is what was saved last', async () => {
        await table.saveWatermark({ sweptUntilMs: 1, auditedUntilMs: 2 })
        await table.saveWatermark({ sweptUntilMs: 4, auditedUntilMs: 5 })
        expect(await table.watermark()).to.deep.equal({ sweptUntilMs: 4, auditedUntilMs: 5 })
      })
    })
  })
}

type Triple = [ScheduledEvent, ScheduledEvent, ScheduledEvent]

/** Events of two slots in turn. */
function many(count: number): ScheduledEvent[] {
  return Array.from({ length: count }, (_, i) => anEvent({ dueAtMs: MINUTE_MS + (i % 2) * 60_000 + i }))
}

async function all<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const found: T[] = []
  for await (const page of pages) found.push(...page)
  return found
}

/** The name of DynamoDB's own error. */
async function causeOf(work: Promise<unknown>): Promise<string> {
  const fault = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  return fault instanceof SchedulerError && fault.cause instanceof Error ? fault.cause.name : 'none'
}
