import { expect } from 'chai'
import { eventKey, type ScheduledEvent } from '../../core/event.ts'
import { slotAt } from '../../core/slot.ts'
import { LONGEST_WRITE_MS, SURE_MS } from '../../core/timetable.ts'
import { placesOf } from '../../status/chains.ts'
import { eventFacts, factsOfAll } from '../../status/event-facts.ts'
import { due, MINUTE_MS, topicArn } from '../support/builders.ts'
import { parkAll } from '../support/parking.ts'
import { aWorld, aWorldWith, type World } from '../support/world.ts'

const LATER_MS = MINUTE_MS + 24 * 3_600_000
const PUBLICATION = { messageId: 'm', atMs: 1 }

function later(event: ScheduledEvent, atMs: number): ScheduledEvent {
  return { ...event, slot: slotAt(atMs, 0), key: eventKey(atMs, event.id, 2), emitAtMs: atMs, attempt: 2 }
}

async function retried(event: ScheduledEvent, { asked = false } = {}): Promise<{ world: World; next: ScheduledEvent }> {
  const next = later(event, MINUTE_MS + 90_000)
  const world = await aWorldWith([event, next], MINUTE_MS + 2_000)
  await world.table.conclude({
    slot: event.slot,
    key: event.key,
    kind: 'retrying',
    atMs: MINUTE_MS + 1_000,
    attempts: 1,
    ...(asked ? { publication: PUBLICATION } : { code: 'TARGET_UNAVAILABLE', reason: 'Throttled: slow down' }),
    next: { slot: next.slot, key: next.key },
  })
  return { world, next }
}

describe('the facts about an event', () => {
  it('are its status and its fields while it is pending', async () => {
    const event = due(5_000, { id: 'a', acceptedAtMs: MINUTE_MS - 600_000, latest: 'l', failureTopic: topicArn('f') })
    const { table } = await aWorldWith([event], MINUTE_MS)
    expect(await eventFacts(table, event, LATER_MS)).to.deep.include({
      id: 'a',
      status: 'pending',
      dueAtMs: MINUTE_MS + 5_000,
      date: event.date,
      acceptedAtMs: MINUTE_MS - 600_000,
      lane: 'far',
      slot: event.slot,
      key: event.key,
      target: topicArn(),
      user: 'a team',
      failureTopic: topicArn('f'),
      latest: 'l',
      size: event.payload.length,
      attempts: [],
    })
  })

  it('are unknown for one that was never scheduled', async () => {
    const event = due(5_000, { id: 'a' })
    const facts = await eventFacts(aWorld().table, event, LATER_MS)
    expect(facts).to.deep.include({ id: 'a', dueAtMs: event.dueAtMs, status: 'unknown', attempts: [] })
  })

  it('say when it was delivered, and how late', async () => {
    const event = due(5_000)
    const { table } = await aWorldWith([event], MINUTE_MS + 6_000)
    await table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '', lateMs: [7] })
    const facts = await eventFacts(table, event, LATER_MS)
    expect(facts).to.include({ status: 'delivered', deliveredAtMs: MINUTE_MS + 5_007, lateMs: 7 })
  })

  it('count lateness from its acceptance for one that was past due on arrival', async () => {
    const acceptedAtMs = MINUTE_MS + 50_000
    const event = due(5_000, { acceptedAtMs })
    const { table } = await aWorldWith([event], MINUTE_MS + 52_000)
    await table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '', lateMs: [9] })
    expect(await eventFacts(table, event, LATER_MS)).to.include({ deliveredAtMs: acceptedAtMs + 9, lateMs: 9 })
  })

  it('say that it was delivered, though not how late, where an earlier version has written it down', async () => {
    const event = due(5_000)
    const { table } = await aWorldWith([event], MINUTE_MS + 6_000)
    await table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '', lateMs: [] })
    expect(await eventFacts(table, event, LATER_MS)).to.include({ status: 'delivered', deliveredAtMs: undefined })
  })

  it('name every try that failed, with its time, code and sentence, and when the next one is', async () => {
    const event = due(0)
    const { world, next } = await retried(event)
    expect(await eventFacts(world.table, event, LATER_MS)).to.deep.include({
      status: 'retrying',
      slot: next.slot,
      nextAtMs: next.emitAtMs,
      attempts: [{ attempt: 1, atMs: MINUTE_MS + 1_000, code: 'TARGET_UNAVAILABLE', error: 'Throttled: slow down' }],
    })
  })

  it('are pending, and count no attempt, for one that its client asked for again', async () => {
    const event = due(0)
    const { world } = await retried(event, { asked: true })
    expect(await eventFacts(world.table, event, LATER_MS)).to.deep.include({
      status: 'pending',
      attempts: [],
      nextAtMs: undefined,
    })
  })

  it('say why it has failed, and when', async () => {
    const event = due(0)
    const { table } = await aWorldWith([event], MINUTE_MS + 2_000)
    const how = {
      kind: 'failed',
      atMs: MINUTE_MS + 500,
      attempts: 1,
      code: 'TARGET_NOT_FOUND',
      reason: 'gone',
    } as const
    await table.conclude({ slot: event.slot, key: event.key, ...how })
    expect(await eventFacts(table, event, LATER_MS)).to.deep.include({
      status: 'failed',
      endedAtMs: MINUTE_MS + 500,
      code: 'TARGET_NOT_FOUND',
      reason: 'gone',
      attempts: [{ attempt: 1, atMs: MINUTE_MS + 500, code: 'TARGET_NOT_FOUND', error: 'gone' }],
    })
  })

  it('say where a reschedule went', async () => {
    const event = due(0, { id: 'a' })
    const { table } = await aWorldWith([event], MINUTE_MS)
    const newMs = MINUTE_MS + 3_600_000
    const next = { slot: slotAt(newMs, 0), key: eventKey(newMs, 'a', 1) }
    const how = { kind: 'cancelled', atMs: 1, reason: 'rescheduled', publication: PUBLICATION, next } as const
    await table.conclude({ slot: event.slot, key: event.key, ...how })
    expect(await eventFacts(table, event, LATER_MS)).to.include({
      status: 'cancelled',
      rescheduledToMs: newMs,
      reason: 'rescheduled',
    })
  })

  it('say that it was delivered, if it went out while its cancel was written', async () => {
    const event = due(0)
    const { table } = await aWorldWith([event], MINUTE_MS + 2_000)
    await table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '', lateMs: [3] })
    await table.conclude({ slot: event.slot, key: event.key, kind: 'cancelled', atMs: MINUTE_MS - 2_000 })
    expect(await eventFacts(table, event, LATER_MS)).to.include({ status: 'delivered', lateMs: 3 })
  })

  it('follow one that was past due on arrival to where it was put', async () => {
    const event = due(0, { id: 'late' })
    const there = { ...event, slot: slotAt(MINUTE_MS + 120_000, 0) }
    const world = aWorld({ atMs: MINUTE_MS + 121_000 })
    await parkAll(world, [there])
    const next = { slot: there.slot, key: there.key }
    await world.table.conclude({
      slot: event.slot,
      key: event.key,
      kind: 'moved',
      atMs: 1,
      publication: PUBLICATION,
      next,
    })
    await world.table.checkpoint(there.slot, 'express', { delivered: [there.key], upTo: '', lateMs: [4] })
    expect(await eventFacts(world.table, event, LATER_MS)).to.include({
      status: 'delivered',
      slot: there.slot,
      lateMs: 4,
    })
  })

  describe('of one that this version cannot read', () => {
    const event = due(0, { id: 'a' })
    /** As if a newer version had written how it ended. */
    async function aNewerTable() {
      const { table } = await aWorldWith([event], MINUTE_MS + 2_000)
      const { slot, key } = event
      const outcomes = [{ slot, key, kind: 'unreadable', atMs: 1 } as const]
      return { ...table, lookUpHeads: async () => ({ ...(await table.lookUpHeads([event])), outcomes }) }
    }

    it('are not told, rather than wrong', async () => {
      const fault = await eventFacts(await aNewerTable(), event, LATER_MS).catch((error) => error)
      expect(fault).to.include({ code: 'ITEM_UNREADABLE' })
      expect(fault.message).to.include(event.key)
    })

    it('are unknown among those of others', async () => {
      const table = await aNewerTable()
      const [facts] = await factsOfAll(table, await placesOf(table, [event]), MINUTE_MS + 2_000)
      expect(facts).to.include({ id: 'a', status: 'unknown' })
    })
  })

  it('take no look at checkpoints where the event is not due by more than clocks differ', async () => {
    const event = due(30_000)
    const { table } = await aWorldWith([event], MINUTE_MS)
    const unread = {
      ...table,
      runnerRecord: () => expect.fail('the record was read'),
      checkpointsSince: () => expect.fail('checkpoints were read'),
    }
    expect(await eventFacts(unread, event, MINUTE_MS + 27_999)).to.include({ status: 'pending' })
    const fault = await eventFacts(unread, event, MINUTE_MS + 28_000).catch((error) => error)
    expect(fault.message).to.equal('the record was read')
  })

  it('take no look at checkpoints where a cancel was written so early that it was sure to be seen', async () => {
    const event = due(50_000)
    const cancelledAt = async (atMs: number) => {
      const { table } = await aWorldWith([event], MINUTE_MS + 60_000)
      await table.checkpoint(event.slot, 0, { delivered: [event.key], upTo: '', lateMs: [0] })
      await table.conclude({ slot: event.slot, key: event.key, kind: 'cancelled', atMs })
      return (await eventFacts(table, event, LATER_MS)).status
    }
    expect(await cancelledAt(event.emitAtMs - SURE_MS - LONGEST_WRITE_MS)).to.equal('cancelled')
    expect(await cancelledAt(event.emitAtMs - SURE_MS - LONGEST_WRITE_MS + 1)).to.equal('delivered')
  })

  it('are read of several together, and what is not due is not looked for in checkpoints', async () => {
    const events = [due(0), due(1), due(30_000)]
    const world = await aWorldWith(events, MINUTE_MS + 10_000)
    await world.table.checkpoint(events[0]?.slot as string, 0, {
      delivered: events.map(({ key }) => key),
      upTo: '',
      lateMs: [1, 2, 3],
    })
    const facts = await factsOfAll(world.table, await placesOf(world.table, events), world.clock.now())
    expect(facts.map(({ status, lateMs }) => [status, lateMs])).to.deep.equal([
      ['delivered', 1],
      ['delivered', 2],
      ['pending', undefined],
    ])
  })
})
