import { expect } from 'chai'
import { eventKey } from '../../core/event.ts'
import { slotAt } from '../../core/slot.ts'
import { cursorOf, type EventFilter, type ListSpan, listEvents } from '../../status/list-events.ts'
import { anEvent, due, MINUTE_MS, topicArn } from '../support/builders.ts'
import { divide, parkAll } from '../support/parking.ts'
import { aWorld, aWorldWith, type World } from '../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)

async function listed(world: World, span: Partial<ListSpan> = {}, filter: EventFilter = {}) {
  const whole = { fromMs: MINUTE_MS, toMs: MINUTE_MS + 60_000, nowMs: world.clock.now(), ...span }
  return Array.fromAsync(listEvents(world.table, whole, filter))
}
const ids = async (...args: Parameters<typeof listed>) => (await listed(...args)).map(({ id }) => id)

describe('a list of events', () => {
  it('has them in the order in which they are due, over minutes and shards', async () => {
    const world = aWorld({ shards: 4 })
    const events = Array.from({ length: 300 }, (_, i) =>
      anEvent({ id: `e${i}`, dueAtMs: MINUTE_MS + ((i * 7_919) % 180_000), shards: 4 }),
    )
    await parkAll(world, events)
    const all = await listed(world, { toMs: MINUTE_MS + 180_000 })
    expect(all).to.have.length(300)
    expect(all.map(({ dueAtMs }) => dueAtMs)).to.deep.equal(
      events.map(({ dueAtMs }) => dueAtMs).toSorted((a, b) => a - b),
    )
  })

  it('has those due from its first instant on, and before its last', async () => {
    const world = await aWorldWith([due(0, { id: 'a' }), due(9, { id: 'b' }), due(10, { id: 'c' })], MINUTE_MS - 60_000)
    expect(await ids(world, { fromMs: MINUTE_MS + 9, toMs: MINUTE_MS + 10 })).to.deep.equal(['b'])
  })

  it('goes on after the one that a cursor names, to the last', async () => {
    const events = Array.from({ length: 250 }, (_, i) => due(i >> 1, { id: `e${String(i).padStart(3, '0')}` }))
    const world = await aWorldWith(events, MINUTE_MS - 60_000)
    let after: string | undefined
    const seen: string[] = []
    for (let pages = 0; pages < 100; pages++) {
      const page = (await listed(world, { after })).slice(0, 30)
      seen.push(...page.map(({ id }) => id))
      const last = page.at(-1)
      if (!last) break
      after = cursorOf(last)
    }
    expect(seen).to.deep.equal(events.map(({ id }) => id))
  })

  it('goes on after a cursor from the minute of that, and has nothing from before its own first instant', async () => {
    const events = [due(0, { id: 'a' }), due(5, { id: 'b' }), due(10, { id: 'c' }), due(60_000, { id: 'd' })]
    const world = await aWorldWith(events, MINUTE_MS - 60_000)
    const toMs = MINUTE_MS + 120_000
    const [first, , , last] = events.map(cursorOf)
    expect(await ids(world, { fromMs: MINUTE_MS + 10, toMs, after: first })).to.deep.equal(['c', 'd'])
    const asked: number[] = []
    const minutesBetween: World['table']['minutesBetween'] = (fromMs, until) => {
      asked.push(fromMs)
      return world.table.minutesBetween(fromMs, until)
    }
    expect(await ids({ ...world, table: { ...world.table, minutesBetween } }, { toMs, after: last })).to.deep.equal([])
    expect(asked).to.deep.equal([MINUTE_MS + 60_000])
  })

  it('has one of which a pointer alone tells in its place among others', async () => {
    const events = [due(0, { id: 'a' }), due(20, { id: 'c' })]
    const world = await aWorldWith(events, MINUTE_MS - 60_000)
    const { slot, key } = due(10, { id: 'b' })
    const there = { ...due(10, { id: 'b' }), slot: slotAt(MINUTE_MS + 120_000, 0) }
    await parkAll(world, [there])
    await world.table.conclude({ slot, key, kind: 'moved', atMs: 1, next: { slot: there.slot, key: there.key } })
    expect(await ids(world)).to.deep.equal(['a', 'b', 'c'])
  })

  it('has one that failed where it was tried again once, found by its outcome', async () => {
    const event = due(0, { id: 'a' })
    const next = { ...event, key: eventKey(MINUTE_MS + 30_000, 'a', 2), emitAtMs: MINUTE_MS + 30_000, attempt: 2 }
    const world = await aWorldWith([event, next], MINUTE_MS + 1_000)
    const { slot, key } = event
    await world.table.conclude({ slot, key, kind: 'retrying', atMs: 1, next: { slot, key: next.key } })
    await world.table.conclude({ slot, key: next.key, kind: 'failed', atMs: 2 })
    expect(await ids(world, {}, { statuses: ['failed'] })).to.deep.equal(['a'])
  })

  it('reads nothing more of those that are not asked for', async () => {
    const world = await aWorldWith([due(0, { user: 'ann' })], MINUTE_MS + 1_000)
    const runnerRecord = () => expect.fail('reads what became of it')
    expect(await ids({ ...world, table: { ...world.table, runnerRecord } }, {}, { user: 'bob' })).to.deep.equal([])
  })

  it('has an event once, under its date, wherever it has gone on', async () => {
    const event = due(0, { id: 'a' })
    const atMs = MINUTE_MS + 30_000
    const next = { ...event, key: eventKey(atMs, 'a', 2), emitAtMs: atMs, attempt: 2 }
    const world = await aWorldWith([event, next], MINUTE_MS + 1_000)
    const pointer = { slot: event.slot, key: next.key }
    await world.table.conclude({ slot: event.slot, key: event.key, kind: 'retrying', atMs: 1, next: pointer })
    const all = await listed(world)
    expect(all.map(({ id, status, nextAtMs }) => [id, status, nextAtMs])).to.deep.equal([['a', 'retrying', atMs]])
  })

  it('finds what has failed, expired, was cancelled or is retrying by its outcome, and reads no other event', async () => {
    const events = ['a', 'b', 'c', 'd', 'e', 'f'].map((id, i) => due(i, { id, user: id === 'f' ? 'other' : 'me' }))
    const world = await aWorldWith(events, MINUTE_MS + 1_000)
    const [a, b, c, d, e, f] = events as Required<typeof events>
    const end = (event: typeof a, more: object) =>
      world.table.conclude({ slot: SLOT, key: event?.key as string, atMs: 1, kind: 'failed', ...more })
    await end(a, {})
    await end(b, { kind: 'expired' })
    await end(c, { kind: 'cancelled' })
    const again = { ...d, key: eventKey(MINUTE_MS + 30_000, 'd', 2), emitAtMs: MINUTE_MS + 30_000, attempt: 2 }
    await world.table.park([again as (typeof events)[0]])
    await end(d, { kind: 'retrying', next: { slot: SLOT, key: again.key } })
    await end(e, { kind: 'claimed' })
    await end(f, {})
    const lookUpHeads: typeof world.table.lookUpHeads = (refs) => {
      expect(refs.map(({ key }) => key)).to.not.include(e?.key)
      return world.table.lookUpHeads(refs)
    }
    const table = { ...world.table, lookUpHeads, headsBetween: () => expect.fail('reads the others, too') }
    const span = { fromMs: MINUTE_MS, toMs: MINUTE_MS + 60_000, nowMs: world.clock.now() }
    const withStatus = async (statuses: EventFilter['statuses'], more: Partial<ListSpan> = {}) =>
      (await Array.fromAsync(listEvents(table, { ...span, ...more }, { statuses, user: 'me' }))).map(({ id }) => id)
    expect(await withStatus(['failed'])).to.deep.equal(['a'])
    expect(await withStatus(['failed', 'expired', 'cancelled', 'retrying'])).to.deep.equal(['a', 'b', 'c', 'd'])
    expect(await withStatus(['failed', 'expired'], { after: a?.key })).to.deep.equal(['b'])
    expect(await withStatus(['failed', 'expired'], { fromMs: MINUTE_MS + 2 })).to.deep.equal([])
  })

  it('has one that was past due on arrival under its date, where a pointer stands alone, and not where it was put', async () => {
    const event = due(0, { id: 'late' })
    const there = { ...event, slot: slotAt(MINUTE_MS + 120_000, 0) }
    const world = aWorld({ atMs: MINUTE_MS + 120_000 })
    await divide(world, [event])
    await parkAll(world, [there])
    const next = { slot: there.slot, key: there.key }
    await world.table.conclude({ slot: event.slot, key: event.key, kind: 'moved', atMs: 1, next })
    expect(await ids(world)).to.deep.equal(['late'])
    expect(await ids(world, { fromMs: MINUTE_MS + 120_000, toMs: MINUTE_MS + 180_000 })).to.deep.equal([])
  })

  it('has those of a status, a user, a target, or with the beginning of an id', async () => {
    const events = [
      due(0, { id: 'order-1', user: 'ann' }),
      due(1, { id: 'order-2', user: 'bob' }),
      due(2, { id: 'mail-1', user: 'ann', target: topicArn('other') }),
    ]
    const world = await aWorldWith(events, MINUTE_MS + 10_000)
    const [first] = events
    await world.table.checkpoint(slotAt(MINUTE_MS, 0), 0, { delivered: [first?.key as string], upTo: '', lateMs: [1] })
    expect(await ids(world, {}, { user: 'ann' })).to.deep.equal(['order-1', 'mail-1'])
    expect(await ids(world, {}, { target: topicArn('other') })).to.deep.equal(['mail-1'])
    expect(await ids(world, {}, { idPrefix: 'order-' })).to.deep.equal(['order-1', 'order-2'])
    expect(await ids(world, {}, { statuses: ['delivered'] })).to.deep.equal(['order-1'])
    expect(await ids(world, {}, { statuses: ['pending', 'retrying'] })).to.deep.equal(['order-2', 'mail-1'])
    expect(await ids(world, {}, { user: 'ann', statuses: ['pending'] })).to.deep.equal(['mail-1'])
  })

  it('is empty for an empty span, and after the last event of one', async () => {
    const event = due(30_000)
    const world = await aWorldWith([event], MINUTE_MS)
    expect(await ids(world, { fromMs: MINUTE_MS, toMs: MINUTE_MS })).to.deep.equal([])
    for (const filter of [{}, { statuses: ['failed'] }] satisfies EventFilter[])
      expect(await ids(world, { toMs: MINUTE_MS + 10_000, after: cursorOf(event) }, filter)).to.deep.equal([])
  })

  it('reads the slots of its minute alone, and no payload', async () => {
    const world = aWorld()
    const payload = 'x'.repeat(10_000)
    const minutes = [-60_000, 0, 60_000].map((afterMs) => due(afterMs, { payload }))
    await parkAll(world, minutes)
    const slots = new Set<string>()
    const { client } = world.dynamodb
    const send = client.send.bind(client)
    client.send = ((command: { input: { ExpressionAttributeValues?: Record<string, string> } }) => {
      const { ':pk': pk, ':from': from } = command.input.ExpressionAttributeValues ?? {}
      slots.add(`${pk} ${from?.split('#')[0]}`)
      return send(command as never)
    }) as typeof client.send
    expect(await listed(world)).to.have.length(1)
    const minute = slotAt(MINUTE_MS, 0)
    expect([...slots]).to.have.members([
      'minutes#2026-11-23T12 2026-11-23T12-34Z',
      `${minute} event`,
      `${minute} outcome`,
    ])
  })
})
