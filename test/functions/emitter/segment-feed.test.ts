import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import { MAX_HELD_BYTES, type Segment, segmentsOf } from '../../../core/segment.ts'
import { slotAt } from '../../../core/slot.ts'
import { CLEARED_MS, POLL_MS, READ_AHEAD_MS } from '../../../core/timetable.ts'
import { startDelivery } from '../../../functions/delivery/delivery.ts'
import { segmentFeed } from '../../../functions/emitter/segment-feed.ts'
import { openSegmentLog } from '../../../functions/emitter/segment-log.ts'
import { anEvent, MINUTE_MS, topicArn } from '../../support/builders.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { aWorld } from '../../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const [SEGMENT] = segmentsOf(SLOT, []) as [Segment]
const at = (afterMs: number, fields: Partial<ScheduledEvent> = {}) =>
  anEvent({ dueAtMs: MINUTE_MS + afterMs, id: `at-${afterMs}`, ...fields })

/** A feed of a slot with these events, at `MINUTE_MS`, with notes of the ranges in which it looked for outcomes. */
async function aFeed(...events: ScheduledEvent[]) {
  const world = aWorld({ atMs: MINUTE_MS })
  await world.table.park(events)
  const looked: string[][] = []
  let lookMs = 0
  const outcomesBetween: typeof world.table.outcomesBetween = async function* (slot, from, to) {
    looked.push([from, to])
    if (lookMs > 0) await world.clock.sleep(lookMs)
    yield* world.table.outcomesBetween(slot, from, to)
  }
  /** From now on each look for outcomes takes so long. */
  const lookFor = (ms: number) => {
    lookMs = ms
  }
  const log = await openSegmentLog({ ...world, table: { ...world.table, outcomesBetween } }, SLOT, SEGMENT)
  const fate = {
    delivered() {},
    expired: async () => {},
    failed: async () => {},
    postponed: async () => {},
    untold: async () => {},
  }
  const delivery = startDelivery(world, fate, { needsClearance: true })
  const { clock } = world
  let isLost = false
  const feed = segmentFeed({ clock, log, delivery, owner: { isLost: async () => isLost } })
  const lose = () => {
    isLost = true
  }
  const received = () => world.topics.received(topicArn()).map(({ id }) => id)
  const cancel = (event: ScheduledEvent) =>
    world.table.conclude({ ...event, kind: 'cancelled', atMs: world.clock.now() })
  return { clock, delivery, looked, lookFor, received, cancel, lose, poll: () => clock.run(feed.poll()) }
}

describe('the feed of a segment', () => {
  it('reads as far ahead as two seconds, and not one millisecond further', async () => {
    const { delivery, poll } = await aFeed(at(READ_AHEAD_MS - 1), at(READ_AHEAD_MS))
    await poll()
    expect(delivery.size()).to.equal(1)
  })

  it('clears what it holds for a second from when it began to look for cancels', async () => {
    const { clock, delivery, poll, received } = await aFeed(at(CLEARED_MS), at(CLEARED_MS + 1))
    expect(await poll()).to.equal('owner')
    expect(delivery.clearedUntilMs()).to.equal(MINUTE_MS + CLEARED_MS)
    await clock.advance(60_000)
    expect(received()).to.deep.equal([`at-${CLEARED_MS}`])
  })

  it('clears for no longer when looking takes long: what is cancelled meanwhile may not have been seen', async () => {
    const { delivery, poll, lookFor } = await aFeed(at(CLEARED_MS))
    lookFor(600)
    await poll()
    expect(delivery.clearedUntilMs()).to.equal(MINUTE_MS + CLEARED_MS)
  })

  it('clears nothing once somebody else has taken the segment, and says so', async () => {
    const { clock, poll, lose, received } = await aFeed(at(1_500))
    await poll()
    await clock.advance(700)
    lose()
    expect(await poll()).to.equal('superseded')
    await clock.advance(60_000)
    expect(received()).to.deep.equal([])
  })

  it('lets go of what was cancelled since it was read', async () => {
    const [kept, cancelled] = [at(1_500), at(1_501)]
    const { clock, delivery, poll, received, cancel } = await aFeed(kept, cancelled)
    await poll()
    await cancel(cancelled)
    await clock.advance(1_000)
    await poll()
    expect(delivery.size()).to.equal(1)
    await clock.advance(1_000)
    expect(received()).to.deep.equal([kept.id])
  })

  it('looks for cancels among what it holds, and nowhere else', async () => {
    const [first, last] = [at(1_000), at(1_900)]
    const { poll, looked } = await aFeed(first, at(1_500), last, at(5_000))
    await poll()
    expect(looked).to.deep.equal([[first.key, last.key]])
  })

  it('looks for none when it holds nothing', async () => {
    const { poll, looked } = await aFeed(at(5_000))
    await poll()
    expect(looked).to.deep.equal([])
  })

  it('does not hand over an overdue event that was cancelled: it would go out at once', async () => {
    const [cancelled, kept] = [at(2_500), at(2_600)]
    const { clock, delivery, poll, received, cancel } = await aFeed(cancelled, kept)
    delivery.clear(MINUTE_MS + 60_000)
    await clock.advance(10_000)
    await cancel(cancelled)
    await poll()
    await clock.advance(0)
    expect(received()).to.deep.equal([kept.id])
  })

  it('does not hand over a cancelled event that is due in the last millisecond that is cleared', async () => {
    const cancelled = at(10_000)
    const { clock, delivery, poll, received, cancel } = await aFeed(cancelled)
    delivery.clear(MINUTE_MS + 10_000)
    await clock.advance(10_000)
    await cancel(cancelled)
    await poll()
    await clock.advance(0)
    expect(received()).to.deep.equal([])
  })

  it('does not hand over the last of three overdue events when that was cancelled', async () => {
    const [a, b, cancelled] = [at(2_500), at(2_600), at(2_700)]
    const { clock, delivery, poll, received, cancel } = await aFeed(a, b, cancelled)
    delivery.clear(MINUTE_MS + 60_000)
    await clock.advance(10_000)
    await cancel(cancelled)
    await poll()
    await clock.advance(0)
    expect(received()).to.deep.equal([a.id, b.id])
  })

  it('waits while more is in memory than it may, publishing what is due meanwhile', async () => {
    const payload = 'x'.repeat(250_000)
    const events = Array.from({ length: 200 }, (_, i) => at(1_000 + i, { payload }))
    const { clock, delivery, poll, received } = await aFeed(...events)
    await poll()
    expect(clock.now()).to.be.above(MINUTE_MS + 1_000)
    expect(received().length).to.be.above(0)
    expect(delivery.bytes()).to.be.at.most(32 * 1024 * 1024)
  })
})

describe('the feed of a segment, between two pages', () => {
  /** A feed that reads two pages, each in `pageMs`, into a delivery that holds so many bytes, with notes of its looks. */
  function aSlowFeed({ pageMs = 0, bytes = () => 0, isLost = false, from = 'log' }: Slow) {
    const clock = fakeClock(MINUTE_MS)
    const looksAtMs: number[] = []
    let held = 0
    const pages = async function* () {
      for (let page = 0; page < 2; page++) {
        if (pageMs > 0) await clock.sleep(pageMs)
        yield []
      }
    }
    const log = {
      async *readUntil() {
        if (from === 'log') yield* pages()
      },
      async *announced() {
        if (from === 'announced') yield* pages()
      },
      async *lookUp() {
        if (from === 'deferred') for await (const events of pages()) yield { keys: [], events }
      },
      async *outcomeKeys() {},
      position: () => '',
      recorded() {},
    }
    const owner = {
      async isLost() {
        looksAtMs.push(clock.now() - MINUTE_MS)
        return isLost
      },
    }
    const delivery = {
      ...startDelivery({ ...aWorld(), clock }, FATE, { needsClearance: true }),
      bytes: () => bytes(clock.now() - MINUTE_MS),
      hold: () => void held++,
      resume: () => void held++,
    }
    const feed = segmentFeed({ clock, log, delivery, owner })
    return { looksAtMs, poll: () => clock.run(feed.poll()), held: () => held }
  }
  interface Slow {
    pageMs?: number
    /** What is in memory so many ms later. */
    bytes?: (afterMs: number) => number
    isLost?: boolean
    /** What the pages are of. */
    from?: 'log' | 'announced' | 'deferred'
  }
  const FATE = {
    delivered() {},
    expired: async () => {},
    failed: async () => {},
    postponed: async () => {},
    untold: async () => {},
  }
  const SOON_OVER_MS = CLEARED_MS - POLL_MS / 2

  it('looks again when a page has taken so long that what is cleared is soon over', async () => {
    for (const [pageMs, looks] of [
      [SOON_OVER_MS, [2 * SOON_OVER_MS, 2 * SOON_OVER_MS]],
      [SOON_OVER_MS + 1, [SOON_OVER_MS + 1, 2 * SOON_OVER_MS + 2, 2 * SOON_OVER_MS + 2]],
    ] as const) {
      const { looksAtMs, poll } = aSlowFeed({ pageMs })
      await poll()
      expect(looksAtMs).to.deep.equal(looks)
    }
  })

  it('waits for room, looking four times a second, when more is in memory than may be', async () => {
    const { looksAtMs, poll } = aSlowFeed({ bytes: (ms) => MAX_HELD_BYTES + (ms < 1_005 ? 1 : 0) })
    expect(await poll()).to.equal('owner')
    expect(looksAtMs).to.deep.equal([0, POLL_MS, 2 * POLL_MS, 3 * POLL_MS, 4 * POLL_MS, 1_010])
  })

  it('waits no longer, reads no further and hands over nothing more once somebody else has the segment', async () => {
    for (const from of ['log', 'announced', 'deferred'] as const) {
      const { looksAtMs, poll, held } = aSlowFeed({ bytes: () => MAX_HELD_BYTES + 1, isLost: true, from })
      expect(await poll()).to.equal('superseded')
      expect([looksAtMs, held()]).to.deep.equal([[0], 1])
    }
  })
})
