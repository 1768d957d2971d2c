import { expect } from 'chai'
import type { CheckpointWriter } from '../../core/checkpoint.ts'
import { eventKey, keyAt, type ScheduledEvent } from '../../core/event.ts'
import { segmentsOf } from '../../core/segment.ts'
import { slotAt } from '../../core/slot.ts'
import { CLOCK_SKEW_MS } from '../../core/timetable.ts'
import { accountOf } from '../../status/slot-account.ts'
import { anEvent, MINUTE_MS } from '../support/builders.ts'
import { aWorld, type World } from '../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const due = (afterMs: number, id = `e${afterMs}`) => anEvent({ id, dueAtMs: MINUTE_MS + afterMs })
const checkpoint = (world: World, writer: number | 'express' | 'settle', ...events: ScheduledEvent[]) =>
  world.table.checkpoint(SLOT, writer, {
    delivered: events.map(({ key }) => key),
    upTo: '',
    lateMs: events.map(() => 5),
  })

async function withEvents(...events: ScheduledEvent[]): Promise<World> {
  const world = aWorld()
  await world.table.park(events)
  return world
}

/** Ids of the events that are unaccounted for, and the account of the others. */
async function tell({ table }: World, ...cutsMs: number[]) {
  const cuts = cutsMs.map((afterMs) => keyAt(MINUTE_MS + afterMs))
  const account = accountOf(table, SLOT, { segments: segmentsOf(SLOT, cuts) })
  const pages = await Array.fromAsync(account.unaccountedEvents())
  return { ids: pages.flat().map(({ event }) => event.id), pages, account, settlement: await account.settlement() }
}

describe('the account of a slot, from its facts', () => {
  it('is empty for a slot that holds nothing', async () => {
    const { ids, settlement } = await tell(aWorld())
    expect(ids).to.deep.equal([])
    expect(settlement).to.deep.include({ events: 0, delivered: 0, latenessMs: undefined })
  })

  it('has an event unaccounted for that has neither been delivered nor ended otherwise', async () => {
    const { ids, settlement } = await tell(await withEvents(due(1), due(2)))
    expect(ids).to.deep.equal(['e1', 'e2'])
    expect(settlement).to.deep.include({ events: 2, delivered: 0 })
  })

  it('has a claimed event unaccounted for, and says who claimed it', async () => {
    const event = due(1)
    const world = await withEvents(event)
    await world.table.claim(event, 'somebody')
    const { pages } = await tell(world)
    expect(pages.flat()[0]?.outcome).to.deep.include({ kind: 'claimed', by: 'somebody' })
  })

  it('counts what emitters, the express lane and settlers delivered, and how late', async () => {
    const [a, b, c, d] = [due(1), due(2_000), due(3_000), due(4_000)]
    const world = await withEvents(a, b, c, d)
    await checkpoint(world, 0, a)
    await checkpoint(world, 1, b)
    await checkpoint(world, 'express', c)
    await checkpoint(world, 'settle', d)
    const { ids, settlement } = await tell(world, 2_000)
    expect(ids).to.deep.equal([])
    expect(settlement).to.deep.include({
      events: 4,
      delivered: 4,
      deliveredBySettler: 1,
      latenessMs: { p50: 5, p99: 5, max: 5 },
    })
  })

  it('counts an event once that two have delivered, as delivered though it has an outcome, too', async () => {
    const event = due(1)
    const world = await withEvents(event)
    await checkpoint(world, 0, event)
    await checkpoint(world, 'express', event)
    await world.table.conclude({ slot: SLOT, key: event.key, kind: 'cancelled', atMs: 1 })
    const { settlement } = await tell(world)
    expect(settlement).to.deep.include({ events: 1, delivered: 1, cancelled: 0 })
  })

  it('counts every other way to end as such', async () => {
    const kinds = ['failed', 'cancelled', 'expired', 'retrying', 'moved'] as const
    const events = kinds.map((_, i) => due(i))
    const world = await withEvents(...events)
    for (const [i, kind] of kinds.entries())
      await world.table.conclude({ slot: SLOT, key: events[i]?.key ?? '', kind, atMs: 1 })
    const { ids, settlement } = await tell(world)
    expect(ids).to.deep.equal([])
    expect(settlement).to.deep.include({
      events: 5,
      delivered: 0,
      failed: 1,
      cancelled: 1,
      expired: 1,
      retrying: 1,
      moved: 1,
    })
  })

  it('counts how late a segment was once, though it reaches into several windows', async () => {
    const events = [due(1), due(2), due(3)]
    const world = await withEvents(...events)
    await checkpoint(world, 0, ...events)
    async function* keysBetween(...args: Parameters<World['table']['keysBetween']>) {
      for await (const page of world.table.keysBetween(...args)) for (const key of page) yield [key]
    }
    const account = accountOf({ ...world.table, keysBetween }, SLOT)
    let windows = 0
    for (; !account.isComplete(); windows++) await Array.fromAsync(account.unaccountedOfNext(() => true))
    expect(windows).to.equal(4)
    expect(account.progress()).to.deep.include({ lateness: { 5: 3 } })
    expect(account.progress().settlement).to.include({ events: 3, delivered: 3 })
  })

  it('reads of each window the checkpoints of its own segments alone, and counts how late each was once', async () => {
    const events = [due(1), due(2_000), due(4_000)]
    const world = await withEvents(...events)
    for (const [i, event] of events.entries()) await checkpoint(world, i, event)
    async function* keysBetween(...args: Parameters<World['table']['keysBetween']>) {
      for await (const page of world.table.keysBetween(...args)) for (const key of page) yield [key]
    }
    const read: CheckpointWriter[][] = []
    const checkpoints: World['table']['checkpoints'] = (slot, writer) => {
      read.at(-1)?.push(writer)
      return world.table.checkpoints(slot, writer)
    }
    const segments = segmentsOf(SLOT, [keyAt(MINUTE_MS + 1_000), keyAt(MINUTE_MS + 3_000)])
    const account = accountOf({ ...world.table, keysBetween, checkpoints }, SLOT, { segments })
    while (!account.isComplete()) {
      read.push([])
      await Array.fromAsync(account.unaccountedOfNext(() => true))
    }
    expect(read).to.deep.equal([
      ['express', 0, 'settle'],
      ['express', 0, 1, 'settle'],
      ['express', 1, 2, 'settle'],
      ['express', 2, 'settle'],
    ])
    expect(account.progress()).to.deep.include({ lateness: { 5: 3 } })
  })

  it('is counted in one window where it fits in memory', async () => {
    const world = await withEvents(due(1), due(2))
    async function* keysBetween(...args: Parameters<World['table']['keysBetween']>) {
      for await (const page of world.table.keysBetween(...args)) for (const key of page) yield [key]
    }
    let windows = 0
    const outcomesBetween: World['table']['outcomesBetween'] = (...args) => {
      windows++
      return world.table.outcomesBetween(...args)
    }
    const { ids } = await tell({ ...world, table: { ...world.table, keysBetween, outcomesBetween } })
    expect([ids, windows]).to.deep.equal([['e1', 'e2'], 1])
  })

  for (const writer of ['express', 'settle'] as const)
    it(`counts how late deliveries were that ${writer} wrote down`, async () => {
      const event = due(1)
      const world = await withEvents(event)
      await checkpoint(world, writer, event)
      expect((await tell(world)).settlement.latenessMs).to.deep.equal({ p50: 5, p99: 5, max: 5 })
    })

  it('comes in pages of at most 500 events', async () => {
    for (const [count, sizes] of [
      [500, [500]],
      [1_001, [500, 500, 1]],
    ] as const) {
      const { pages } = await tell(await withEvents(...Array.from({ length: count }, (_, i) => due(i))))
      expect(pages.map(({ length }) => length)).to.deep.equal(sizes)
    }
  })

  it('counts what it cannot read, and leaves it out of its pages', async () => {
    const world = await withEvents(due(1), due(2), due(3))
    for (const [readable, ids] of [
      [0, []],
      [1, [['e1']]],
    ] as const) {
      const findHeads: World['table']['findHeads'] = async (refs) =>
        (await world.table.findHeads(refs)).sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, readable)
      const { pages, account } = await tell({ ...world, table: { ...world.table, findHeads } })
      expect(pages.map((page) => page.map(({ event }) => event.id))).to.deep.equal(ids)
      expect(account.unreadable()).to.equal(3 - readable)
    }
  })

  it('takes in what has become of an event since', async () => {
    const { account } = await tell(await withEvents(due(1), due(2), due(3)))
    account.ended('delivered', 2)
    account.ended('failed', 1)
    const counts = { events: 3, delivered: 2, deliveredBySettler: 2, failed: 1 }
    expect(await account.settlement()).to.deep.include(counts)
  })
})

describe('an event that goes on elsewhere', () => {
  const event = due(1)
  const next = { slot: SLOT, key: eventKey(MINUTE_MS + 9_000, event.id, 2) }
  const outcome = { slot: SLOT, key: event.key, kind: 'retrying', atMs: 1, next } as const
  /** Its next attempt stands in another slot, and is none of this one's events. */
  const elsewhere = { ...next, slot: slotAt(MINUTE_MS + 60_000, 0) }

  it('is unaccounted for while nobody has parked its next attempt', async () => {
    const world = await withEvents(event)
    await world.table.conclude({ ...outcome, next: elsewhere })
    const { pages, settlement } = await tell(world)
    expect(pages.flat().map((one) => one.outcome?.kind)).to.deep.equal(['retrying'])
    expect(settlement).to.include({ events: 1, retrying: 0 })
  })

  it('is unaccounted for where it has failed or expired, and was asked for again before that was written', async () => {
    for (const kind of ['failed', 'expired'] as const) {
      const [again, before] = [due(1), due(2)]
      const world = await withEvents(again, before)
      for (const { key } of [again, before])
        await world.table.conclude({ slot: SLOT, key, kind, atMs: MINUTE_MS + CLOCK_SKEW_MS })
      await world.table.askAgain(again, { messageId: 'again', atMs: MINUTE_MS + 1 })
      await world.table.askAgain(before, { messageId: 'before', atMs: MINUTE_MS })
      const { pages, settlement } = await tell(world)
      expect(pages.flat().map(({ event, outcome }) => [event.id, outcome?.kind])).to.deep.equal([['e1', kind]])
      expect(settlement).to.include({ [kind]: 1 })
    }
  })

  it('is counted as retrying once that is parked, in its very slot', async () => {
    const world = await withEvents(event, anEvent({ ...event, ...elsewhere, attempt: 2 }))
    await world.table.conclude({ ...outcome, next: elsewhere })
    expect((await tell(world)).settlement).to.include({ events: 1, retrying: 1 })
    const astray = await withEvents(event, anEvent({ ...event, ...elsewhere, attempt: 2 }))
    await astray.table.conclude({ ...outcome, next: { ...elsewhere, slot: slotAt(MINUTE_MS + 120_000, 0) } })
    expect((await tell(astray)).settlement).to.include({ events: 1, retrying: 0 })
  })

  it('is counted as cancelled when it was rescheduled, wherever to', async () => {
    const world = await withEvents(event)
    await world.table.conclude({ ...outcome, kind: 'cancelled', next: elsewhere })
    expect((await tell(world)).settlement).to.include({ events: 1, cancelled: 1 })
  })

  it('is not looked for when it has been delivered', async () => {
    const world = await withEvents(event)
    await checkpoint(world, 0, event)
    await world.table.conclude({ ...outcome, next: elsewhere })
    const asked: number[] = []
    const present: World['table']['present'] = (refs) => {
      asked.push(refs.length)
      return world.table.present(refs)
    }
    await tell({ ...world, table: { ...world.table, present } })
    expect(asked).to.deep.equal([0])
  })
})
