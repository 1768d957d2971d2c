import { expect } from 'chai'
import type { ListFilter } from '../../client/event-list.ts'
import { list, next } from '../../client/list.ts'
import { due, MINUTE_MS } from '../support/builders.ts'
import { parkAll } from '../support/parking.ts'
import { aWorld } from '../support/world.ts'

const MINUTE = 60_000

/** A scheduler with an event in each of two hundred minutes, the first of them an hour ago. */
async function scheduler() {
  const world = aWorld({ atMs: MINUTE_MS })
  const events = Array.from({ length: 200 }, (_, i) =>
    due((i - 60) * MINUTE, { id: `event-${i}`, user: `user-${i % 2}` }),
  )
  await parkAll(world, events)
  const failed = events[30] as (typeof events)[number]
  await world.table.conclude({ slot: failed.slot, key: failed.key, kind: 'failed', atMs: 1, reason: 'no topic' })
  const parts = { table: async () => world.table, clock: world.clock }
  const ids = async (filter?: ListFilter) => (await Array.fromAsync(list(parts, filter))).map(({ id }) => id)
  return { parts, ids }
}
const between = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `event-${from + i}`)

describe('a list of a client', () => {
  it('is of an hour ago until in a day, in the order in which they are due', async () => {
    expect(await (await scheduler()).ids()).to.deep.equal(between(0, 200))
  })

  it('is of what the filter says', async () => {
    const { ids } = await scheduler()
    const from = MINUTE_MS - 5 * MINUTE
    expect(await ids({ from, to: MINUTE_MS })).to.deep.equal(between(55, 60))
    expect(await ids({ from, to: MINUTE_MS, user: 'user-1' })).to.deep.equal(['event-55', 'event-57', 'event-59'])
    expect(await ids({ status: 'failed' })).to.deep.equal(['event-30'])
    expect(await ids({ idPrefix: 'event-19' })).to.deep.equal(['event-19', ...between(190, 200)])
  })

  it('is as long as it may be, and goes on after a cursor', async () => {
    const { parts, ids } = await scheduler()
    const first = await Array.fromAsync(list(parts, { limit: 10 }))
    expect(first.map(({ id }) => id)).to.deep.equal(between(0, 10))
    const cursor = String(first.at(-1)?.cursor)
    expect(await ids({ limit: 10, cursor })).to.deep.equal(between(10, 20))
  })

  it('tells of each what became of it', async () => {
    const { parts } = await scheduler()
    const [failed] = await Array.fromAsync(list(parts, { status: 'failed' }))
    expect(failed).to.include({ id: 'event-30', status: 'failed', reason: 'no topic', user: 'user-0' })
  })

  for (const [what, filter, code] of [
    ['a limit of none', { limit: 0 }, 'FILTER_INVALID'],
    ['a limit that is no number', { limit: Number.NaN }, 'FILTER_INVALID'],
    ['a cursor of something else', { cursor: 'event-1' }, 'FILTER_INVALID'],
    ['a status that there is not', { status: 'late' as never }, 'FILTER_INVALID'],
    ['a date that is none', { from: 'soon' }, 'DATE_INVALID'],
  ] as const)
    it(`is refused for ${what}`, async () => {
      const { ids } = await scheduler()
      expect(await ids(filter).catch((fault) => fault.code)).to.equal(code)
    })
})

describe('what is due next', () => {
  it('is what has not ended, from now on', async () => {
    const { parts } = await scheduler()
    const ids = async (...args: [number, ListFilter?]) => (await next(parts, ...args)).map(({ id }) => id)
    expect(await ids(3)).to.deep.equal(between(60, 63))
    expect(await ids(2, { user: 'user-1' })).to.deep.equal(['event-61', 'event-63'])
    expect(await ids(2, { from: MINUTE_MS + 10 * MINUTE })).to.deep.equal(between(70, 72))
    expect(await ids(5, { to: MINUTE_MS + 2 * MINUTE })).to.deep.equal(between(60, 62))
    expect(await ids(1_000)).to.have.length(140)
  })
})
