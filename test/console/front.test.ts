import { expect } from 'chai'
import type { Client } from '../../client/client.ts'
import type { ListedEvent, ListFilter } from '../../client/event-list.ts'
import { frontOf } from '../../console/server/front.ts'
import type { SlotStats } from '../../status/facts.ts'
import { fakeClock } from '../support/fake-clock.ts'

const NOW_MS = Date.parse('2026-11-23T12:34:30Z')
const MINUTE_MS = 60_000

const slotAt = (afterMinutes: number, events = 1): SlotStats => ({
  slot: `slot ${String(afterMinutes + 100).padStart(5, '0')}`,
  minuteMs: Math.floor(NOW_MS / MINUTE_MS + afterMinutes) * MINUTE_MS,
  events,
  pending: events,
  settled: false,
  overdue: [],
})
const event = (id: string, more: Partial<ListedEvent> = {}): ListedEvent => ({
  id,
  dueAtMs: NOW_MS + 1,
  status: 'pending',
  slot: 's',
  key: id,
  attempts: [],
  cursor: id,
  ...more,
})

function aFront({
  slots = [] as SlotStats[],
  next = [] as ListedEvent[],
  failed = [] as ListedEvent[],
  slowMs = 0,
} = {}) {
  const clock = fakeClock(NOW_MS)
  const asked: ListFilter[] = []
  /** Minutes of which each counting was asked to begin, from this one on. */
  const countedFrom: number[] = []
  const client = {
    async *stats({ from, to }: { from: number; to: number }) {
      countedFrom.push((from - Math.floor(NOW_MS / MINUTE_MS) * MINUTE_MS) / MINUTE_MS)
      for (const slot of slots)
        if (slot.minuteMs >= from && slot.minuteMs < to) {
          if (slowMs > 0) await clock.sleep(slowMs)
          yield slot
        }
    },
    next: async () => next,
    async *list(filter: ListFilter) {
      asked.push(filter)
      const { from, to } = filter as { from: number; to: number }
      yield* failed.filter(({ dueAtMs }) => dueAtMs >= from && dueAtMs < to)
    },
  } as unknown as Client
  const front = frontOf(client, clock)
  return { clock, asked, countedFrom, slots, failed, front, read: () => clock.run(front.read()) }
}

describe('the front page', () => {
  it('tells of the slots of the last quarter of an hour and the next hour, and of the hours after that', async () => {
    const { read } = aFront({ slots: [-16, -15, 0, 1, 2, 60, 90, 91, 24 * 60 + 30].map((minutes) => slotAt(minutes)) })
    const { slots, hours, isCounted, nowMs } = await read()
    const thisMinuteMs = Math.floor(NOW_MS / MINUTE_MS) * MINUTE_MS
    const minutes = slots.map(({ minuteMs }) => (minuteMs - thisMinuteMs) / MINUTE_MS)
    expect(minutes).to.deep.equal([-15, 0, 1, 2, 60])
    expect(isCounted).to.equal(true)
    expect(nowMs).to.equal(NOW_MS)
    expect(hours).to.have.length(23)
    expect(hours?.[0]).to.deep.equal({ hourMs: Date.parse('2026-11-23T14:00Z'), events: 2 })
  })

  it('tells what is known yet, where counting takes long', async () => {
    const { clock, read } = aFront({ slots: [-1, 0, 1, 10, 20].map((minutes) => slotAt(minutes)), slowMs: 200 })
    const first = await read()
    expect(first.slots.length).to.be.within(1, 3)
    expect(first.isCounted).to.equal(false)
    await clock.advance(1_000)
    const then = await read()
    expect(then.slots).to.have.length(5)
    expect(then.isCounted).to.equal(true)
  })

  it('tells of failures of the last day by code and target, the most frequent first', async () => {
    const gone = { status: 'failed', code: 'TARGET_NOT_FOUND', target: 't', reason: 'gone' } as const
    const { read, asked } = aFront({
      failed: [
        event('c', { ...gone, target: 'u', dueAtMs: NOW_MS - 24 * 3_600_000 }),
        event('a', { ...gone, dueAtMs: NOW_MS - 15 * MINUTE_MS - 1 }),
        event('b', { ...gone, dueAtMs: NOW_MS - 15 * MINUTE_MS }),
        event('d', { status: 'expired', target: 't', reason: 'late', dueAtMs: NOW_MS }),
      ],
    })
    const { failures } = await read()
    expect(failures).to.deep.equal([
      { code: 'TARGET_NOT_FOUND', target: 't', count: 2, error: 'gone', id: 'a' },
      { code: 'TARGET_NOT_FOUND', target: 'u', count: 1, error: 'gone', id: 'c' },
      { code: 'EXPIRED', target: 't', count: 1, error: 'late', id: 'd' },
    ])
    expect(asked[0]).to.deep.include({ from: NOW_MS - 24 * 3_600_000, status: ['failed', 'expired'] })
  })

  it('looks for failures of the last quarter of an hour more often than for the others, and counts each once', async () => {
    const gone = { status: 'failed', code: 'TARGET_NOT_FOUND', target: 't', reason: 'gone' } as const
    const { clock, read, asked, failed } = aFront({
      failed: [event('a', { ...gone, dueAtMs: NOW_MS - 15 * MINUTE_MS + 1 })],
    })
    await read()
    failed.push(event('b', { ...gone, dueAtMs: NOW_MS + 1 }))
    await clock.advance(5_000)
    asked.splice(0)
    await read()
    expect((await read()).failures?.[0]).to.include({ count: 2 })
    expect(asked.map(({ from }) => from)).to.deep.equal([NOW_MS - 15 * MINUTE_MS])
    await clock.advance(60_000)
    await read()
    expect((await read()).failures?.[0]).to.include({ count: 2 })
  })

  it('counts a settled minute once, and those from the first that is not settled on again', async () => {
    const slots = [-5, -4, -3, -2, 0].map((minutes) => ({ ...slotAt(minutes), settled: minutes !== -3 && minutes < 0 }))
    const { clock, read, countedFrom } = aFront({ slots })
    const first = await read()
    const again = async () => {
      await clock.advance(2_000)
      countedFrom.splice(0)
      await read()
      const { slots: shown } = await read()
      expect(shown).to.have.length(5)
      return countedFrom
    }
    expect(await again()).to.deep.equal([-3])
    expect((await read()).slots).to.deep.equal(first.slots)
    for (const slot of slots) slot.settled = slot.settled || slot.minuteMs < NOW_MS - 2 * MINUTE_MS
    expect(await again()).to.deep.equal([-3])
    // An event may still be parked in the minute before this one.
    expect(await again()).to.deep.equal([-1])
  })

  it('forgets what it has counted after a quarter of an hour', async () => {
    const { clock, read } = aFront({ slots: [{ ...slotAt(-15), settled: true }, slotAt(0)] })
    expect((await read()).slots).to.have.length(2)
    await clock.advance(MINUTE_MS)
    expect((await read()).slots).to.have.length(1)
  })

  it('tells what is due next', async () => {
    const { read } = aFront({ next: [event('a'), event('b', { dueAtMs: NOW_MS + 5_000 })] })
    expect((await read()).next?.map(({ id }) => id)).to.deep.equal(['a', 'b'])
  })
})
