import { expect } from 'chai'
import { keyAt, type ScheduledEvent } from '../../core/event.ts'
import { segmentsOf } from '../../core/segment.ts'
import { slotAt } from '../../core/slot.ts'
import { accountOf } from '../../status/slot-account.ts'
import { anEvent, MINUTE_MS } from '../support/builders.ts'
import { aWorld, type World } from '../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const due = (afterMs: number, id = `e${afterMs}`) => anEvent({ id, dueAtMs: MINUTE_MS + afterMs })
const checkpoint = (world: World, writer: number | 'express' | 'settle', ...events: ScheduledEvent[]) =>
  world.table.checkpoint(SLOT, writer, {
    delivered: events.map(({ key }) => key),
    upTo: '',
    lateness: { 5: events.length },
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

  it('takes in what has become of an event since', async () => {
    const { account } = await tell(await withEvents(due(1), due(2), due(3)))
    account.ended('delivered', 2)
    account.ended('failed', 1)
    expect(await account.settlement()).to.deep.include({ events: 3, delivered: 2, failed: 1 })
  })
})
