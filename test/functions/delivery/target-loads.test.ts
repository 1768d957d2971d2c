import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import { MAX_HELD_BYTES } from '../../../core/segment.ts'
import { deferredBytesOf } from '../../../functions/delivery/deferred-keys.ts'
import { EVENT_BYTES } from '../../../functions/delivery/outstanding-events.ts'
import {
  BEHIND_MS,
  MAX_BEHIND_BYTES,
  MAX_DEFERRED_BYTES,
  targetLoads,
} from '../../../functions/delivery/target-loads.ts'
import { anEvent, due, MINUTE_MS, topicArn } from '../../support/builders.ts'

const LATE_MS = BEHIND_MS + 1
const ALL = Number.POSITIVE_INFINITY
const sized = (bytes: number, fields: Partial<ScheduledEvent> = {}) =>
  anEvent({ payload: 'x'.repeat(bytes - EVENT_BYTES), ...fields })

/** Loads with events taken at `MINUTE_MS`; `take` and `keys` ask later. */
function loadsWith(...first: ScheduledEvent[]) {
  const loads = targetLoads()
  for (const event of first) loads.take(event, { nowMs: MINUTE_MS, isBounded: false })
  const take = (event: ScheduledEvent, afterMs = LATE_MS, isBounded = true) =>
    loads.take(event, { nowMs: MINUTE_MS + afterMs, isBounded })
  const keys = ({ most = ALL, isBounded = true, afterMs = LATE_MS } = {}) =>
    loads.takeDeferred({ nowMs: MINUTE_MS + afterMs, isBounded, most })
  return { loads, take, keys }
}

describe('what a target has in memory', () => {
  it('has no bound while nothing of it has been due for three seconds', () => {
    const { take } = loadsWith(sized(MAX_BEHIND_BYTES))
    expect([take(anEvent(), 0), take(anEvent(), BEHIND_MS)]).to.deep.equal([true, true])
  })

  it('is at most half of what all may have that are behind, when it is the only one, exactly', () => {
    expect(MAX_BEHIND_BYTES).to.equal(MAX_HELD_BYTES / 2)
    const { take } = loadsWith(sized(MAX_BEHIND_BYTES / 2 - 5_000))
    expect([take(sized(5_001)), take(sized(5_000)), take(sized(EVENT_BYTES))]).to.deep.equal([false, true, false])
  })

  it('is at most as much as it leaves free for others that are behind, so that there is always some left', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const loads = names.map((name) => sized(EVENT_BYTES, { target: topicArn(name) }))
    const { take } = loadsWith(...loads)
    const taken = loads.map((event) => {
      let count = 0
      while (take({ ...event, payload: 'x'.repeat(99_000) })) count++
      return count
    })
    expect(taken).to.deep.equal([83, 42, 21, 10, 5, 3, 1])
  })

  it('leaves those that are not behind as they are', () => {
    const { take } = loadsWith(sized(MAX_BEHIND_BYTES))
    expect(take(sized(MAX_BEHIND_BYTES, { target: topicArn('other') }))).to.equal(true)
  })

  it('has room again when it is done with, and no bound when nothing is left that was due long ago', () => {
    const first = sized(MAX_BEHIND_BYTES)
    const { loads, take } = loadsWith(first)
    expect(take(anEvent())).to.equal(false)
    loads.leave(first)
    loads.leave(first)
    expect([take(sized(MAX_BEHIND_BYTES)), take(anEvent())]).to.deep.equal([true, true])
  })

  it('is counted without what is done with, once, and bounded while anything is left that was due long ago', () => {
    const [first, other] = [sized(3_000_000), sized(1_000_000)]
    const { loads, take } = loadsWith(first, other)
    loads.leave(first)
    loads.leave(first)
    const room = MAX_BEHIND_BYTES / 2 - 1_000_000
    expect([take(sized(room + 1)), take(sized(room))]).to.deep.equal([false, true])
  })

  it('has no bound where it is not for its target that it waits, and is counted anew after that', () => {
    const { loads, take } = loadsWith(sized(MAX_BEHIND_BYTES))
    expect(take(anEvent(), 60_000, false)).to.equal(true)
    loads.startAnew(MINUTE_MS + 60_000)
    expect([take(anEvent(), 60_000 + BEHIND_MS), take(anEvent(), 60_001 + BEHIND_MS)]).to.deep.equal([true, false])
  })
})

describe('a deferred event', () => {
  const [first, second] = [due(0), due(1)] as const

  it('is given back when its target has room for it, once, and the one that was due first before others', () => {
    const load = sized(MAX_BEHIND_BYTES / 2)
    const { loads, keys } = loadsWith(load)
    expect([loads.defer(second), loads.defer(first), keys()]).to.deep.equal([true, true, []])
    loads.leave(load)
    expect([keys(), keys()]).to.deep.equal([[first.key, second.key], []])
  })

  it('goes before all that falls due to its target later, though there is room', () => {
    const { loads, take, keys } = loadsWith()
    loads.defer(first)
    expect([take(second, 1), take(second, 1, false), take(due(1, { target: topicArn('other') }), 1)]).to.deep.equal([
      false,
      true,
      true,
    ])
    keys()
    expect(take(due(2), 2)).to.equal(true)
  })

  it('has its target’s load be one that is behind, as long as it waits', () => {
    const { loads, take, keys } = loadsWith(sized(MAX_BEHIND_BYTES / 2), sized(EVENT_BYTES, { target: topicArn('b') }))
    const atOnce = (bytes: number) => take(sized(bytes, { target: topicArn('c') }), LATE_MS)
    loads.startAnew(MINUTE_MS + LATE_MS)
    loads.defer(first)
    take(sized(EVENT_BYTES, { target: topicArn('c') }), 0)
    expect(atOnce(MAX_BEHIND_BYTES / 4 - EVENT_BYTES + 1)).to.equal(false)
    keys({ isBounded: false })
    expect(atOnce(MAX_BEHIND_BYTES / 4 - EVENT_BYTES + 1)).to.equal(true)
  })

  it('is given back only as far as its target’s share and that of all goes', () => {
    const { loads, keys } = loadsWith()
    const of = (target: string) =>
      Array.from({ length: 20 }, (_, i) => sized(1_000_000, { dueAtMs: MINUTE_MS + i, target: topicArn(target) }))
    const [a, b] = [of('a'), of('b')]
    for (const event of [...a, ...b]) loads.defer(event)
    const given = keys()
    expect(given).to.deep.equal([...a.slice(0, 8), ...b.slice(0, 4)].map(({ key }) => key))
  })

  it('is given back only as far as it is asked for, and then whether there is room or not', () => {
    const { loads, keys } = loadsWith(sized(MAX_BEHIND_BYTES / 2))
    const events = Array.from({ length: 5 }, (_, i) => sized(EVENT_BYTES, { dueAtMs: MINUTE_MS + i }))
    const other = sized(EVENT_BYTES, { target: topicArn('other') })
    for (const event of [...events, other]) loads.defer(event)
    expect(keys()).to.deep.equal([other.key])
    loads.defer(other)
    expect(keys({ isBounded: false, most: 2 * EVENT_BYTES + 1 })).to.deep.equal(
      events.slice(0, 2).map(({ key }) => key),
    )
    expect(keys({ isBounded: false, most: 4 * EVENT_BYTES })).to.deep.equal(
      [...events.slice(2), other].map(({ key }) => key),
    )
  })

  it('takes up room with its key, eight megabytes for all, until it is given back', () => {
    const { loads, keys } = loadsWith()
    let count = 0
    while (loads.defer(due(count))) count++
    const bytes = deferredBytesOf(due(0))
    expect(count).to.be.within(MAX_DEFERRED_BYTES / (bytes + 5), MAX_DEFERRED_BYTES / (bytes - 5))
    expect(keys({ most: 2 * bytes * 100 }).length).to.be.above(0)
    expect(loads.defer(due(0))).to.equal(true)
  })
})
