import { expect } from 'chai'
import { SchedulerError } from '../../../core/errors.ts'
import { eventKey, keyAt, type ScheduledEvent } from '../../../core/event.ts'
import { segmentsOf } from '../../../core/segment.ts'
import { settleAtMs, slotAt } from '../../../core/slot.ts'
import { CLAIM_MS, SETTLE_AGAIN_MS, SETTLE_FOR_MS, WINDOW_FOR_MS } from '../../../core/timetable.ts'
import { dyingAt, FAULTS, failingAt } from '../../support/breaking.ts'
import { anEvent, due, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { aWorld, aWorldWith, stepsOf, type World } from '../../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const SETTLE_MS = settleAtMs(SLOT)

const settle = (world: World) => world.clock.run(stepsOf(world).settleSlot(SLOT))
const ids = (world: World) => world.topics.received(topicArn()).map(({ id }) => id)
const delivered = (world: World, writer: number | 'express' | 'settle', ...events: ScheduledEvent[]) =>
  world.table.checkpoint(SLOT, writer, {
    delivered: events.map(({ key }) => key),
    upTo: '',
    lateMs: events.map(() => 1),
  })

const withEvents = (...events: ScheduledEvent[]) => aWorldWith(events, SETTLE_MS)

describe('settling a slot', () => {
  it('waits for the grace of ten seconds after its minute', async () => {
    const world = aWorld({ atMs: SETTLE_MS - 1 })
    expect(await settle(world)).to.deep.equal({ settled: false, againAtMs: SETTLE_MS })
    await world.clock.advance(1)
    expect(await settle(world)).to.have.property('settled', true)
  })

  it('writes down the account of everything that happened in it', async () => {
    const events = Array.from({ length: 8 }, (_, i) => due(i * 1_000, i === 2 ? { lane: 'express' } : {}))
    const [a, b, c] = events as [ScheduledEvent, ScheduledEvent, ScheduledEvent]
    const world = await withEvents(...events)
    await world.table.saveSegments(SLOT, segmentsOf(SLOT, [keyAt(MINUTE_MS + 1_000)]))
    await delivered(world, 0, a)
    await delivered(world, 1, b)
    await delivered(world, 'express', c)
    for (const [i, kind] of (['failed', 'cancelled', 'expired', 'retrying', 'moved'] as const).entries())
      await world.table.conclude({ slot: SLOT, key: events[i + 3]?.key ?? '', kind, atMs: 1 })
    const settlement = {
      events: 8,
      delivered: 3,
      failed: 1,
      cancelled: 1,
      expired: 1,
      retrying: 1,
      moved: 1,
      deliveredBySettler: 0,
      latenessMs: { p50: 1, p99: 1, max: 1 },
    }
    expect(await settle(world)).to.deep.equal({ settled: true, settlement })
    expect(await world.table.runnerRecord(SLOT)).to.deep.include({ settledAtMs: SETTLE_MS, settlement })
    expect(ids(world)).to.deep.equal([])
  })

  it('delivers what nobody has delivered, in whatever lane and segment, and counts it', async () => {
    const [done, ...missed] = [
      due(0),
      due(1_000),
      due(2_000, { lane: 'near' }),
      due(3_000, { lane: 'express' }),
    ] as const
    const world = await withEvents(done, ...missed)
    await delivered(world, 0, done)
    const result = await settle(world)
    expect(ids(world)).to.have.members(missed.map(({ id }) => id))
    expect(result).to.deep.include({ settled: true })
    expect(result).to.have.nested.include({ 'settlement.delivered': 4, 'settlement.deliveredBySettler': 3 })
  })

  it('delivers nothing twice when it is done again', async () => {
    const world = await withEvents(due(0), due(1_000))
    await settle(world)
    const result = await settle(world)
    expect(ids(world)).to.have.length(2)
    expect(result).to.have.nested.include({ 'settlement.delivered': 2, 'settlement.deliveredBySettler': 2 })
  })

  it('delivers an event that was past due when it was parked, whose key is before the minute', async () => {
    const past = due(-3_600_000, { slot: SLOT, lane: 'express' })
    const world = await withEvents(past)
    expect(await settle(world)).to.have.property('settled', true)
    expect(ids(world)).to.deep.equal([past.id])
  })

  it('waits for somebody else’s claim, and delivers when it lapses', async () => {
    const event = due(59_999, { lane: 'express' })
    const world = await withEvents(event)
    await world.table.claim(event, 'express')
    expect(await settle(world)).to.deep.equal({ settled: false, againAtMs: SETTLE_MS + CLAIM_MS })
    expect(ids(world)).to.deep.equal([])
    await world.clock.advanceTo(SETTLE_MS + CLAIM_MS)
    expect(await settle(world)).to.have.property('settled', true)
    expect(ids(world)).to.deep.equal([event.id])
  })

  it('counts a claimed event as delivered once a checkpoint names it', async () => {
    const event = due(0, { lane: 'express' })
    const world = await withEvents(event)
    await world.table.claim(event, 'express')
    await delivered(world, 'express', event)
    expect(await settle(world)).to.have.nested.include({ settled: true, 'settlement.delivered': 1 })
  })

  it('does not take part in a race for a claim that somebody else wins', async () => {
    const event = due(0)
    const world = await withEvents(event)
    const table = { ...world.table, claim: async () => false }
    const result = await settle({ ...world, table })
    expect(result).to.deep.equal({ settled: false, againAtMs: SETTLE_MS + 2_000 })
    expect(ids(world)).to.deep.equal([])
  })

  it('does not publish twice when two settlers are at work', async () => {
    const world = await withEvents(...Array.from({ length: 30 }, (_, i) => due(i)))
    await world.clock.run(Promise.all([stepsOf(world).settleSlot(SLOT), stepsOf(world).settleSlot(SLOT)]))
    expect(ids(world)).to.have.length(30)
    await world.clock.advance(CLAIM_MS)
    expect(await settle(world)).to.have.nested.include({ settled: true, 'settlement.delivered': 30 })
    expect(ids(world)).to.have.length(30)
  })

  it('is taken back by an event that is parked meanwhile, and then finds it', async () => {
    const world = await withEvents(due(0))
    const late = due(1_000, { lane: 'express' })
    async function* keysBetween(...args: Parameters<World['table']['keysBetween']>) {
      yield* world.table.keysBetween(...args)
      await world.table.park([late])
      await world.table.unsettle(SLOT)
    }
    const result = await settle({ ...world, table: { ...world.table, keysBetween } })
    expect(result).to.have.property('settled', false)
    expect(await settle(world)).to.have.nested.include({ settled: true, 'settlement.delivered': 2 })
    expect(ids(world)).to.include(late.id)
  })

  it('sends what cannot be delivered on to a later slot, and is settled', async () => {
    const event = due(0)
    const world = await withEvents(event)
    world.topics.fail(topicArn(), 'TARGET_UNAVAILABLE')
    expect(await settle(world)).to.have.nested.include({
      settled: true,
      'settlement.retrying': 1,
      'settlement.delivered': 0,
    })
    const [{ next } = { next: undefined }] = await world.table.outcomesOf([event])
    expect(await world.table.find(next ? [next] : [])).to.have.length(1)
    expect(world.runners.names()).to.include(next?.slot)
  })

  it('parks the next attempt that somebody decided on and did not live to park, once', async () => {
    const event = due(1_000)
    const world = await withEvents(event)
    const retryAtMs = SETTLE_MS + 30_000
    const next = { slot: slotAt(retryAtMs, 0), key: eventKey(retryAtMs, event.id, 2) }
    await world.table.conclude({ slot: SLOT, key: event.key, kind: 'retrying', atMs: 1, next })
    expect(await settle(world)).to.have.property('settled', true)
    expect((await world.table.runnerRecord(SLOT)).settlement).to.include({ events: 1, retrying: 1, delivered: 0 })
    expect(await world.table.find([next])).to.have.length(1)
    expect((await world.table.find([next]))[0]).to.include({ attempt: 2, emitAtMs: retryAtMs, dueAtMs: event.dueAtMs })
    expect(world.runners.names()).to.include(next.slot)
    expect(ids(world)).to.deep.equal([])
  })

  it('has nothing to do with a next attempt that is parked, though it was cancelled', async () => {
    const event = due(1_000)
    const world = await withEvents(event)
    const retryAtMs = SETTLE_MS + 30_000
    const next = { slot: slotAt(retryAtMs, 0), key: eventKey(retryAtMs, event.id, 2) }
    await world.table.conclude({ slot: SLOT, key: event.key, kind: 'retrying', atMs: 1, next })
    await world.table.conclude({ ...next, kind: 'cancelled', atMs: 2 })
    await settle(world)
    expect(world.table.outcomesIn(next.slot)).to.have.length(1)
    expect(world.table.outcomesIn(next.slot)[0]).to.include({ kind: 'cancelled' })
  })

  it('gives up what cannot be delivered for good, and is settled', async () => {
    const world = await withEvents(due(0), due(1, { id: 'a', target: topicArn('gone') }))
    world.topics.fail(topicArn('gone'), 'TARGET_NOT_FOUND')
    expect(await settle(world)).to.have.nested.include({
      settled: true,
      'settlement.failed': 1,
      'settlement.delivered': 1,
    })
    expect(world.topics.notices(world.failureTopicArn)).to.have.length(1)
  })

  it('has an event expire whose latest time has passed', async () => {
    const world = await withEvents(due(0, { latestAtMs: SETTLE_MS - 1, latest: 'then' }))
    expect(await settle(world)).to.have.nested.include({ settled: true, 'settlement.expired': 1 })
    expect(ids(world)).to.deep.equal([])
  })

  it('sees every event of a large slot, page by page', async () => {
    const events = Array.from({ length: 2_600 }, (_, i) => due(Math.floor(i / 100)))
    const world = await withEvents(...events)
    await delivered(world, 0, ...events.filter((_, i) => i % 3 > 0))
    expect(await settle(world)).to.have.nested.include({
      settled: true,
      'settlement.events': 2_600,
      'settlement.delivered': 2_600,
    })
    expect(ids(world).length).to.equal(events.filter((_, i) => i % 3 === 0).length)
  })

  it('counts in the slot of each attempt, the first as retrying and the next as delivered', async () => {
    const event = due(0, { id: 'a' })
    const next = anEvent({
      ...event,
      attempt: 2,
      emitAtMs: MINUTE_MS + 50_000,
      key: eventKey(MINUTE_MS + 50_000, 'a', 2),
    })
    const world = await withEvents(event, next)
    await world.table.conclude({ ...event, kind: 'retrying', atMs: 1, next })
    await delivered(world, 0, next)
    expect(await settle(world)).to.have.nested.include({
      'settlement.events': 2,
      'settlement.retrying': 1,
      'settlement.delivered': 1,
    })
  })
})

describe('settling as long as there is time', () => {
  /** The same world, whose keys come one at a time, `ms` apart; `positions` are those that are written down. */
  const keyByKey = (world: World, ms: number) => {
    const positions: string[] = []
    async function* keysBetween(...args: Parameters<World['table']['keysBetween']>) {
      for await (const page of world.table.keysBetween(...args))
        for (const key of page) {
          await world.clock.sleep(ms)
          yield [key]
        }
    }
    const saveSettling: World['table']['saveSettling'] = (slot, settling) => {
      positions.push(settling.position)
      return world.table.saveSettling(slot, settling)
    }
    return { positions, slow: { ...world, table: { ...world.table, keysBetween, saveSettling } } }
  }
  const claimed = ({ key }: ScheduledEvent) =>
    ({ slot: SLOT, key, kind: 'claimed', by: 'somebody else', atMs: SETTLE_MS }) as const

  it('goes from window to window in one go, and writes down after each but the last how far it came', async () => {
    const events = [due(0), due(1), due(2)]
    const world = await withEvents(...events)
    await delivered(world, 0, ...events)
    const { positions, slow } = keyByKey(world, WINDOW_FOR_MS)
    expect(await settle(slow)).to.have.property('settled', true)
    expect(positions).to.deep.equal(events.map(({ key }) => `${key} `))
  })

  it('has in one window whatever it reads before a window’s time is over', async () => {
    const events = [due(0), due(1), due(2)]
    const world = await withEvents(...events)
    await delivered(world, 0, ...events)
    const { positions, slow } = keyByKey(world, WINDOW_FOR_MS / 3 - 1)
    expect(await settle(slow)).to.have.property('settled', true)
    expect(positions).to.deep.equal([])
  })

  it('writes nothing down of how far it came where it came through in one window, though one is left open', async () => {
    const event = due(0)
    const world = await withEvents(event)
    await world.table.conclude(claimed(event))
    const { positions, slow } = keyByKey(world, 1)
    expect(await settle(slow)).to.have.property('againAtMs', SETTLE_MS + CLAIM_MS)
    expect(positions).to.deep.equal([])
  })

  it('is cut off between two windows when time is over, and goes on at once', async () => {
    const events = [due(0), due(1)]
    const world = await withEvents(...events)
    await delivered(world, 0, ...events)
    const { positions, slow } = keyByKey(world, SETTLE_FOR_MS)
    expect(await settle(slow)).to.deep.equal({ settled: false, againAtMs: SETTLE_MS + SETTLE_FOR_MS })
    expect(positions).to.deep.equal([`${events[0]?.key} `])
  })

  it('is cut off within a window when what is missing takes longer, page by page, and goes on at once', async () => {
    const events = Array.from({ length: 501 }, (_, i) => due(i))
    const world = await withEvents(...events)
    for (const event of events) await world.table.conclude(claimed(event))
    let pages = 0
    const findHeads: World['table']['findHeads'] = async (refs) => {
      pages++
      await world.clock.sleep(SETTLE_FOR_MS)
      return world.table.findHeads(refs)
    }
    const answer = await settle({ ...world, table: { ...world.table, findHeads } })
    expect(answer).to.deep.equal({ settled: false, againAtMs: SETTLE_MS + SETTLE_FOR_MS })
    expect(pages).to.equal(1)
  })

  it('begins anew at once when an event is parked between two windows', async () => {
    const events = [due(0), due(1)]
    const world = await withEvents(...events)
    await delivered(world, 0, ...events)
    const { positions, slow } = keyByKey(world, WINDOW_FOR_MS)
    const saveSettling: World['table']['saveSettling'] = async (slot, settling) => {
      await world.table.unsettle(SLOT)
      return slow.table.saveSettling(slot, settling)
    }
    const answer = await settle({ ...slow, table: { ...slow.table, saveSettling } })
    expect(answer).to.deep.equal({ settled: false, againAtMs: SETTLE_MS + WINDOW_FOR_MS })
    expect(positions).to.have.length(1)
  })

  it('looks again soon when an event is parked at its very end', async () => {
    const world = await withEvents()
    const table = { ...world.table, settle: async () => false }
    const answer = await settle({ ...world, table })
    expect(answer).to.deep.equal({ settled: false, againAtMs: SETTLE_MS + SETTLE_AGAIN_MS })
  })

  it('looks again soon, and delivers it, when an event is parked while the answer that all is settled is under way', async () => {
    const [event, late] = [due(0), due(1)]
    const world = await withEvents(event)
    const slowly: World['table']['settle'] = async (...args) => {
      const settled = await world.table.settle(...args)
      await world.table.park([late])
      await world.table.unsettle(SLOT)
      await world.clock.sleep(9_000)
      return settled
    }
    const answer = await settle({ ...world, table: { ...world.table, settle: slowly } })
    const nowMs = world.clock.now()
    expect(answer).to.deep.equal({ settled: false, againAtMs: nowMs + SETTLE_AGAIN_MS })
    expect(await settle(world)).to.have.property('settled', true)
    expect(ids(world)).to.deep.equal([event.id, late.id])
  })

  it('looks again after as long as it has been, half a minute at least, at a slot that it cannot read', async () => {
    const world = await withEvents(due(0))
    const runnerRecord = () => Promise.reject(new SchedulerError('ITEM_UNREADABLE', 'of a newer version'))
    const newer = { ...world, random: () => 0.5, table: { ...world.table, runnerRecord } }
    expect(await settle(newer)).to.deep.equal({ settled: false, againAtMs: SETTLE_MS + 30_000, unreadable: 1 })
    await world.clock.advance(100_000)
    expect(await settle(newer)).to.have.property('againAtMs', SETTLE_MS + 200_000)
    const message = 'slot not settled, because of items that this version cannot read'
    expect(world.log.of(message)[0]).to.deep.equal({ level: 'warn', message, slot: SLOT, unreadable: 1 })
    expect(ids(world)).to.deep.equal([])
  })
})

describe('a settler that is started again', () => {
  for (const fault of FAULTS)
    it(`loses nothing and doubles nothing when any call of the last one ${fault}`, async () => {
      for (let at = 1, done = false; !done; at++) {
        const events = [due(0), due(1_000), due(2_000)]
        const world = await withEvents(...events)
        const failing = failingAt(world, at, fault)
        await world.clock.run(stepsOf(failing).settleSlot(SLOT)).catch(() => {})
        done = failing.calls() < at
        await world.clock.advance(CLAIM_MS)
        expect(await settle(world)).to.have.nested.include({ settled: true, 'settlement.events': 3 })
        expect(ids(world).sort(), `call ${at}`).to.deep.equal(events.map(({ id }) => id).sort())
      }
    })

  it('loses nothing when the last one was killed at any call', async () => {
    for (let at = 1, done = false; !done; at++) {
      const events = [due(0), due(1_000), due(2_000)]
      const world = await withEvents(...events)
      const mortal = dyingAt(world, at)
      const end = await world.clock.run(
        Promise.race([stepsOf(mortal).settleSlot(SLOT), mortal.died.then(() => 'died' as const)]),
      )
      done = end !== 'died'
      await world.clock.advance(CLAIM_MS)
      expect(await settle(world)).to.have.property('settled', true)
      expect(new Set(ids(world)).size, `killed at call ${at}`).to.equal(3)
    }
  })
})
