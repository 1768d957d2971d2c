import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import { MAX_HELD_BYTES } from '../../../core/segment.ts'
import { EVENT_BYTES } from '../../../functions/delivery/outstanding-events.ts'
import { BEHIND_MS, MAX_BEHIND_BYTES, MAX_TARGET_BYTES, targetLoads } from '../../../functions/delivery/target-loads.ts'
import { anEvent, MINUTE_MS, topicArn } from '../../support/builders.ts'

const sized = (bytes: number, fields: Partial<ScheduledEvent> = {}) =>
  anEvent({ payload: 'x'.repeat(bytes - EVENT_BYTES), ...fields })

/** Loads with an event taken at `MINUTE_MS`; `take` asks later. */
function loadsWith(first: ScheduledEvent) {
  const loads = targetLoads()
  loads.take(first, { nowMs: MINUTE_MS, isBounded: true })
  const take = (event: ScheduledEvent, afterMs: number, isBounded = true) =>
    loads.take(event, { nowMs: MINUTE_MS + afterMs, isBounded })
  return { loads, take }
}

describe('what a target has in memory', () => {
  it('has no bound while nothing of it has been due for three seconds', () => {
    const { take } = loadsWith(sized(MAX_TARGET_BYTES))
    expect([take(anEvent(), 0), take(anEvent(), BEHIND_MS)]).to.deep.equal([true, true])
  })

  it('is four megabytes at most once something has been, exactly', () => {
    const { take } = loadsWith(sized(MAX_TARGET_BYTES - 5_000))
    const late = BEHIND_MS + 1
    expect([take(sized(5_001), late), take(sized(5_000), late), take(sized(EVENT_BYTES), late)]).to.deep.equal([
      false,
      true,
      false,
    ])
  })

  it('leaves others as they are', () => {
    const { take } = loadsWith(sized(MAX_TARGET_BYTES))
    expect(take(sized(MAX_TARGET_BYTES, { target: topicArn('other') }), BEHIND_MS + 1)).to.equal(true)
  })

  it('has room again when it is done with, and no bound when nothing is left that was due long ago', () => {
    const first = sized(MAX_TARGET_BYTES)
    const { loads, take } = loadsWith(first)
    expect(take(anEvent(), BEHIND_MS + 1)).to.equal(false)
    loads.leave(first)
    loads.leave(first)
    expect([take(sized(MAX_TARGET_BYTES), BEHIND_MS + 1), take(anEvent(), BEHIND_MS + 1)]).to.deep.equal([true, true])
  })

  it('is counted without what is done with, once, and bounded while anything is left that was due long ago', () => {
    const [first, other] = [sized(3_000_000), sized(1_000_000)]
    const { loads, take } = loadsWith(first)
    take(other, 0)
    loads.leave(first)
    loads.leave(first)
    const room = MAX_TARGET_BYTES - 1_000_000
    expect([take(sized(room + 1), BEHIND_MS + 1), take(sized(room), BEHIND_MS + 1)]).to.deep.equal([false, true])
  })

  it('is together at most half, exactly', () => {
    expect(MAX_BEHIND_BYTES).to.equal(MAX_HELD_BYTES / 2)
    const loads = targetLoads()
    const taken = { nowMs: MINUTE_MS, isBounded: true }
    for (const name of ['a', 'b', 'c']) loads.take(sized(MAX_TARGET_BYTES, { target: topicArn(name) }), taken)
    loads.take(sized(EVENT_BYTES), taken)
    const later = { nowMs: MINUTE_MS + BEHIND_MS + 1, isBounded: true }
    const room = MAX_TARGET_BYTES - EVENT_BYTES
    expect([loads.take(sized(room), later), loads.take(sized(EVENT_BYTES), later)]).to.deep.equal([true, false])
  })

  it('is together at most half of what an emitter holds, for all that are behind', () => {
    const loads = targetLoads()
    const shareOf = (name: string) => sized(MAX_TARGET_BYTES, { target: topicArn(name) })
    const names = Array.from({ length: MAX_BEHIND_BYTES / MAX_TARGET_BYTES }, (_, i) => `t${i}`)
    for (const name of names) loads.take(shareOf(name), { nowMs: MINUTE_MS, isBounded: true })
    loads.take(anEvent({ target: topicArn('small') }), { nowMs: MINUTE_MS, isBounded: true })
    const later = { nowMs: MINUTE_MS + BEHIND_MS + 1, isBounded: true }
    expect(loads.take(anEvent({ target: topicArn('small') }), later)).to.equal(false)
    expect(loads.take(anEvent({ target: topicArn('healthy') }), later)).to.equal(true)
  })

  it('has no bound where it is not for its target that it waits, and is counted anew after that', () => {
    const { loads, take } = loadsWith(sized(MAX_TARGET_BYTES))
    expect(take(anEvent(), 60_000, false)).to.equal(true)
    loads.startAnew(MINUTE_MS + 60_000)
    expect([take(anEvent(), 60_000 + BEHIND_MS), take(anEvent(), 60_001 + BEHIND_MS)]).to.deep.equal([true, false])
  })
})
