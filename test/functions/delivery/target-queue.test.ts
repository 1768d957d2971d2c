import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import { MAX_BATCH_ENTRIES, MAX_MESSAGE_BYTES, messageBytes } from '../../../core/output-message.ts'
import { BEHIND_MS } from '../../../functions/delivery/target-loads.ts'
import { FILL_UP_FROM, MAX_IN_FLIGHT, targetQueue } from '../../../functions/delivery/target-queue.ts'
import { anEvent, MINUTE_MS, topicArn } from '../../support/builders.ts'

const several = (count: number, fields: Partial<ScheduledEvent> = {}) =>
  Array.from({ length: count }, () => anEvent(fields))

/** A queue with events in it, and so many publishes under way. */
function aQueue(events: readonly ScheduledEvent[], inFlight = 0) {
  const queue = targetQueue(topicArn())
  for (let i = 0; i < inFlight; i++) queue.began()
  queue.add(events)
  return queue
}

/** A publish that the target took at once. */
const OK = { beganMs: 0, endedMs: 0, ok: true }

/** Takes all batches that may go out, each of which begins. @returns their lengths */
function lengths(queue: ReturnType<typeof targetQueue>): number[] {
  const found: number[] = []
  for (let batch = queue.nextBatch(); batch; batch = queue.nextBatch()) {
    queue.began()
    found.push(batch.length)
  }
  return found
}

describe('a batch of events', () => {
  it('has up to ten events, in the order of being added', () => {
    const events = several(25)
    const queue = aQueue(events)
    const batches = [queue.nextBatch(), queue.nextBatch(), queue.nextBatch(), queue.nextBatch()]
    expect(batches.map((batch) => batch?.length)).to.deep.equal([10, 10, 5, undefined])
    expect(batches.flatMap((batch) => batch ?? [])).to.deep.equal(events)
  })

  it('is no larger than SNS takes', () => {
    expect(lengths(aQueue(several(5, { payload: 'x'.repeat(100_000) })))).to.deep.equal([2, 2, 1])
  })

  it('has two events that together are exactly as large as SNS takes, and one when they are a byte larger', () => {
    const half = (extra: number) => {
      const empty = messageBytes(anEvent({ id: 'a', payload: '' }))
      return ['a', 'b'].map((id, i) => anEvent({ id, payload: 'x'.repeat(MAX_MESSAGE_BYTES / 2 - empty + i * extra) }))
    }
    expect(lengths(aQueue(half(0)))).to.deep.equal([2])
    expect(lengths(aQueue(half(1)))).to.deep.equal([1, 1])
  })

  it('of the largest events has one each', () => {
    const size = MAX_MESSAGE_BYTES - messageBytes(anEvent({ payload: '', id: 'a' }))
    const events = ['a', 'b'].map((id) => anEvent({ id, payload: 'x'.repeat(size) }))
    expect(lengths(aQueue(events))).to.deep.equal([1, 1])
  })

  it('that others could join goes out while three publishes are under way, and waits while four are', () => {
    expect(lengths(aQueue(several(9), FILL_UP_FROM - 1))).to.deep.equal([9])
    expect(lengths(aQueue(several(9), FILL_UP_FROM))).to.deep.equal([])
  })

  it('that is full goes out while fifteen publishes are under way, and waits while sixteen are', () => {
    expect(lengths(aQueue(several(20), MAX_IN_FLIGHT - 1))).to.deep.equal([10])
    expect(lengths(aQueue(several(20), MAX_IN_FLIGHT))).to.deep.equal([])
  })

  it('that no next event fits into is full, though it has fewer than ten', () => {
    const large = several(3, { payload: 'x'.repeat(100_000) })
    expect(lengths(aQueue(large, FILL_UP_FROM))).to.deep.equal([2])
  })

  it('that waited is filled up, and goes out when a publish has come back', () => {
    const queue = aQueue(several(3), FILL_UP_FROM)
    queue.add(several(4))
    expect(queue.nextBatch()).to.equal(undefined)
    queue.ended(OK)
    expect(queue.nextBatch()).to.have.length(7)
  })
})

describe('events whose batch was refused', () => {
  it('go out one by one, before all others, while fewer than sixteen publishes are under way', () => {
    const queue = aQueue(several(10), MAX_IN_FLIGHT - 3)
    const refused = several(2)
    queue.addAlone(refused)
    expect(queue.isIdle()).to.equal(false)
    expect(lengths(queue)).to.deep.equal([1, 1, 10])
  })

  it('wait while sixteen are', () => {
    const queue = aQueue([], MAX_IN_FLIGHT)
    queue.addAlone(several(1))
    expect(lengths(queue)).to.deep.equal([])
  })
})

describe('the queue of a target', () => {
  it('gives up everything that waits at once', () => {
    const [alone, ...others] = several(25) as [ScheduledEvent, ...ScheduledEvent[]]
    const queue = aQueue(others)
    queue.nextBatch()
    queue.addAlone([alone])
    expect(queue.takeAll()).to.deep.equal([alone, ...others.slice(MAX_BATCH_ENTRIES)])
    expect([queue.isIdle(), queue.nextBatch()]).to.deep.equal([true, undefined])
  })

  it('gives what is late before what was due later and waits', () => {
    const [a, b, c, d] = [3, 1, 4, 2].map((second) => anEvent({ dueAtMs: MINUTE_MS + second * 1_000 })) as [
      ScheduledEvent,
      ScheduledEvent,
      ScheduledEvent,
      ScheduledEvent,
    ]
    const queue = aQueue([a])
    queue.add([b, c])
    queue.add([d])
    expect(queue.nextBatch()).to.deep.equal([b, d, a, c])
  })

  it('gives nothing a second time when something late comes after a batch was taken', () => {
    const events = several(15)
    const queue = aQueue(events)
    queue.nextBatch()
    const late = anEvent({ dueAtMs: MINUTE_MS })
    queue.add([late])
    expect(queue.nextBatch()).to.deep.equal([late, ...events.slice(MAX_BATCH_ENTRIES)])
    expect(queue.isIdle()).to.equal(true)
  })

  it('is idle when nothing waits and nothing is under way', () => {
    const queue = aQueue([])
    expect(queue.isIdle()).to.equal(true)
    queue.add(several(1))
    expect(queue.isIdle()).to.equal(false)
    queue.nextBatch()
    queue.began()
    expect(queue.isIdle()).to.equal(false)
    queue.ended(OK)
    expect(queue.isIdle()).to.equal(true)
  })

  it('gives every event once and in order, however long it never runs empty', () => {
    const queue = targetQueue(topicArn())
    const events = several(3_000 * MAX_BATCH_ENTRIES)
    const taken: ScheduledEvent[] = []
    queue.add(events.slice(0, MAX_BATCH_ENTRIES))
    for (let from = MAX_BATCH_ENTRIES; from < events.length; from += MAX_BATCH_ENTRIES) {
      queue.add(events.slice(from, from + MAX_BATCH_ENTRIES))
      taken.push(...(queue.nextBatch() ?? []))
    }
    taken.push(...(queue.nextBatch() ?? []))
    expect(taken.map(({ id }) => id)).to.deep.equal(events.map(({ id }) => id))
    expect(queue.isIdle()).to.equal(true)
  })
})

describe('a target', () => {
  const ended = (beganMs: number, tookMs: number, ok: boolean) => ({ beganMs, endedMs: beganMs + tookMs, ok })

  it('does not answer when a publish fails after more than three seconds, until another comes back sooner', () => {
    const queue = aQueue([], 3)
    queue.ended(ended(0, BEHIND_MS, false))
    expect(queue.isSilent()).to.equal(false)
    queue.ended(ended(0, BEHIND_MS + 1, false))
    expect(queue.isSilent()).to.equal(true)
    queue.ended(ended(BEHIND_MS, 10, false))
    expect(queue.isSilent()).to.equal(false)
  })

  it('does answer when one publish is not answered and others are that were begun with it or later', () => {
    for (const [beganMs, isSilent] of [
      [999, true],
      [1_000, false],
      [5_000, false],
    ] as const) {
      const queue = aQueue([], 3)
      queue.ended(ended(beganMs, 20, true))
      queue.ended(ended(0, 20, true))
      queue.ended(ended(1_000, 10_000, false))
      expect(queue.isSilent(), `begun at ${beganMs}`).to.equal(isSilent)
    }
  })

  it('that takes a publish, however long that takes, is not silent', () => {
    const queue = aQueue([], 2)
    queue.ended(ended(0, 10_000, false))
    queue.ended(ended(0, 20_000, true))
    expect(queue.isSilent()).to.equal(false)
  })
})
