import { expect } from 'chai'
import { eventKey, type ScheduledEvent } from '../../core/event.ts'
import type { Known } from '../../core/outcome.ts'
import { slotAt } from '../../core/slot.ts'
import { follow, isRepetition, isUnderWay, statusOf } from '../../status/event-status.ts'
import { anEvent, MINUTE_MS } from '../support/builders.ts'
import { aWorld, type World } from '../support/world.ts'

const status = async ({ table, clock }: World, event: ScheduledEvent) =>
  statusOf(table, await follow(table, event), clock.now())
const delivered = (world: World, { slot, key }: ScheduledEvent) =>
  world.table.checkpoint(slot, 0, { delivered: [key], upTo: '', lateMs: [] })

async function withEvents(...events: ScheduledEvent[]): Promise<World> {
  const world = aWorld()
  await world.table.park(events)
  return world
}

describe('the status of an event', () => {
  it('is unknown when it was never parked', async () => {
    expect(await status(aWorld(), anEvent())).to.equal('unknown')
  })

  it('is pending while nothing has become of it', async () => {
    const event = anEvent()
    expect(await status(await withEvents(event), event)).to.equal('pending')
  })

  it('is pending while it is claimed, and delivered once a checkpoint names it', async () => {
    const event = anEvent()
    const world = await withEvents(event)
    await world.table.claim(event, 'somebody')
    expect(await status(world, event)).to.equal('pending')
    await delivered(world, event)
    expect(await status(world, event)).to.equal('delivered')
  })

  for (const kind of ['failed', 'cancelled', 'expired'] as const)
    it(`is ${kind} when that is its outcome`, async () => {
      const event = anEvent()
      const world = await withEvents(event)
      await world.table.conclude({ slot: event.slot, key: event.key, kind, atMs: 1 })
      expect(await status(world, event)).to.equal(kind)
    })

  it('is delivered for one that went out while it was written that it is cancelled', async () => {
    const event = anEvent()
    const world = await withEvents(event)
    await world.table.conclude({ slot: event.slot, key: event.key, kind: 'cancelled', atMs: 1 })
    await delivered(world, event)
    expect(await status(world, event)).to.equal('delivered')
  })

  it('is cancelled for one that was cancelled before it arrived', async () => {
    const { slot, key } = anEvent()
    const world = aWorld()
    await world.table.conclude({ slot, key, kind: 'cancelled', atMs: 1 })
    expect(await statusOf(world.table, await follow(world.table, { slot, key }), world.clock.now())).to.equal(
      'cancelled',
    )
  })
})

describe('following an event', () => {
  it('tells its place, and nothing else of it, so that what is noted there does not hold it once more', async () => {
    const event = anEvent()
    const { ref } = await follow((await withEvents(event)).table, event)
    expect(ref).to.deep.equal({ slot: event.slot, key: event.key })
  })

  for (const kind of ['retrying', 'moved'] as const)
    it(`goes on from one that is ${kind} to where it stands now`, async () => {
      const first = anEvent({ id: 'a', dueAtMs: MINUTE_MS })
      const retryAtMs = MINUTE_MS + 120_000
      const second = { ...first, slot: slotAt(retryAtMs, 0), key: eventKey(retryAtMs, 'a', 2), emitAtMs: retryAtMs }
      const world = await withEvents(first, second)
      const next = { slot: second.slot, key: second.key }
      await world.table.conclude({ slot: first.slot, key: first.key, kind, atMs: 1, next })
      const standing = await follow(world.table, first)
      const pointer = { slot: first.slot, key: first.key, kind, atMs: 1, next }
      const messageIds = new Set()
      expect(standing).to.deep.equal({
        ref: next,
        event: second,
        outcome: undefined,
        pointer,
        content: second,
        messageIds,
        asked: undefined,
      })
      await delivered(world, second)
      expect(await status(world, first)).to.equal('delivered')
    })

  it('knows who asked for it last where it was tried before, until its client had it go on', async () => {
    const asked = { messageId: 'who asked again', atMs: 9 }
    for (const by of [undefined, { messageId: 'who had it go on', atMs: 5 }]) {
      const first = anEvent({ id: 'a', publication: { messageId: 'who scheduled it', atMs: 1 }, askedAgain: asked })
      const publication = by ?? first.publication
      const next = { slot: first.slot, key: eventKey(first.dueAtMs, 'a', 2) }
      const world = await withEvents(first, { ...first, ...next, publication, askedAgain: undefined })
      await world.table.conclude({ ...first, kind: 'retrying', atMs: 1, publication: by, next })
      expect((await follow(world.table, first)).asked).to.deep.equal(by ?? asked)
    }
  })

  it('knows who asked for it last where it is tried again, if that was later', async () => {
    const [before, since] = [9, 12].map((atMs) => ({ messageId: `at ${atMs}`, atMs }))
    const first = anEvent({ id: 'a', publication: { messageId: 'first', atMs: 1 }, askedAgain: before })
    const next = { slot: first.slot, key: eventKey(first.dueAtMs, 'a', 2) }
    const world = await withEvents(first, { ...first, ...next, askedAgain: since })
    await world.table.conclude({ ...first, kind: 'retrying', atMs: 1, publication: undefined, next })
    expect((await follow(world.table, first)).asked).to.deep.equal(since)
  })

  it('ends at one that was rescheduled: at its new date it is another event', async () => {
    const [first, second] = [anEvent({ id: 'a' }), anEvent({ id: 'a', dueAtMs: MINUTE_MS + 3_600_000 })]
    const world = await withEvents(first, second)
    const next = { slot: second.slot, key: second.key }
    await world.table.conclude({ slot: first.slot, key: first.key, kind: 'cancelled', atMs: 1, next })
    expect(await status(world, first)).to.equal('cancelled')
  })

  it('ends where a pointer leads to an event that was never parked', async () => {
    const { slot, key } = anEvent()
    const next = { slot: slotAt(MINUTE_MS + 60_000, 0), key }
    const world = aWorld()
    await world.table.conclude({ slot, key, kind: 'moved', atMs: 1, next })
    const standing = await follow(world.table, { slot, key })
    expect(standing).to.include({ event: undefined, outcome: undefined, content: undefined })
    expect(standing.ref).to.deep.equal(next)
    expect(standing.pointer).to.deep.include({ kind: 'moved', next })
    expect(await statusOf(world.table, standing, world.clock.now())).to.equal('unknown')
  })
})

describe('an event that goes on', () => {
  it('is under way until it, or what has become of it, is at the place that is pointed to', async () => {
    const first = anEvent({ id: 'a' })
    const next = { slot: first.slot, key: eventKey(first.dueAtMs, 'a', 2) }
    const isOnItsWay = async (world: World) => isUnderWay(await follow(world.table, first))
    const world = await withEvents(first)
    expect(await isOnItsWay(world)).to.equal(false)
    await world.table.conclude({ slot: first.slot, key: first.key, kind: 'retrying', atMs: 1, next })
    expect(await isOnItsWay(world)).to.equal(true)
    await world.table.park([{ ...first, ...next }])
    expect(await isOnItsWay(world)).to.equal(false)
    const stopped = await withEvents(first)
    await stopped.table.conclude({ slot: first.slot, key: first.key, kind: 'retrying', atMs: 1, next })
    await stopped.table.conclude({ ...next, kind: 'cancelled', atMs: 1 })
    expect(await isOnItsWay(stopped)).to.equal(false)
  })

  it('is not under way where nothing was ever scheduled', async () => {
    expect(isUnderWay(await follow(aWorld().table, anEvent()))).to.equal(false)
  })
})

describe('an event that this version cannot read', () => {
  const { slot, key } = anEvent()
  const nothing: Known = { events: [], outcomes: [], unreadable: [] }
  const found: Record<string, Known> = {
    itself: { ...nothing, unreadable: [{ slot, key }] },
    'its outcome': { ...nothing, outcomes: [{ slot, key, kind: 'unreadable', atMs: 1 }] },
  }
  for (const [what, known] of Object.entries(found))
    it(`is not guessed at: ${what} is named, and what to do`, async () => {
      const fault = await follow({ lookUp: async () => known }, { slot, key }).catch((error) => error)
      expect(fault).to.include({
        code: 'ITEM_UNREADABLE',
        message: `Event ${key} of slot ${slot}, or its outcome, is not what this version writes. Deploy the version that wrote it, mend it or delete it.`,
      })
    })
})

describe('a publish', () => {
  const publication = (messageId: string) => ({ messageId, atMs: 1 })

  it('is a repetition where it has had a part in the event, anywhere on its way', async () => {
    const first = anEvent({ id: 'a', publication: publication('who scheduled it') })
    const second = anEvent({ ...first, attempt: 2, key: eventKey(first.dueAtMs, 'a', 2), publication: undefined })
    const world = await withEvents(first, second)
    const next = { slot: second.slot, key: second.key }
    const redrive = publication('who scheduled it again')
    await world.table.conclude({ ...first, kind: 'retrying', atMs: 1, next, publication: redrive })
    await world.table.conclude({ ...second, kind: 'cancelled', atMs: 1, publication: publication('who cancelled it') })
    const standing = await follow(world.table, first)
    expect([...standing.messageIds]).to.deep.equal(['who scheduled it', 'who scheduled it again', 'who cancelled it'])
    for (const messageId of standing.messageIds)
      expect(isRepetition(standing, publication(messageId)), messageId).to.equal(true)
    expect(isRepetition(standing, publication('another'))).to.equal(false)
  })

  it('is none of what stood where it was to have the event go on, and stays one for others on the way', async () => {
    const first = anEvent({ id: 'a', publication: publication('who scheduled it') })
    const next = { slot: first.slot, key: eventKey(first.dueAtMs, 'a', 2) }
    const repetitionsAt = async (there: ScheduledEvent, attempts?: number) => {
      const world = await withEvents(first, there)
      const moved = { ...first, kind: 'moved', atMs: 1, next, publication: publication('who moved it') } as const
      await world.table.conclude({ ...moved, attempts })
      return [...(await follow(world.table, first)).messageIds]
    }
    const other = { ...first, ...next, publication: publication('who was there') }
    expect(await repetitionsAt(other, 1)).to.deep.equal(['who scheduled it', 'who was there'])
    const own = { ...other, publication: publication('who moved it') }
    expect(await repetitionsAt(own, 1)).to.deep.equal(['who scheduled it', 'who moved it'])
    const byNobody = { ...other, publication: undefined }
    expect(await repetitionsAt(byNobody, 1)).to.deep.equal(['who scheduled it', 'who moved it'])
    // Who was written only when that one had gone on, had no part in it.
    expect(await repetitionsAt(other)).to.deep.equal(['who was there'])
  })

  it('is none where nothing is known of it', async () => {
    const event = anEvent({ publication: undefined })
    const world = await withEvents(event)
    expect(isRepetition(await follow(world.table, event), undefined)).to.equal(false)
  })
})
