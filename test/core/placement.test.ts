import { expect } from 'chai'
import type { ScheduledEvent } from '../../core/event.ts'
import { attemptAt, nextKey, placeInSlot, toEvent } from '../../core/placement.ts'
import { slotAt, slotOf } from '../../core/slot.ts'
import type { Untold } from '../../core/untold.ts'
import { anEvent, MINUTE_MS, topicArn } from '../support/builders.ts'

/** The next attempt of an event, tried again at `retryAtMs`. */
const nextAttempt = (event: ScheduledEvent, retryAtMs: number, { shards = 1, nowMs = MINUTE_MS } = {}) =>
  attemptAt(event, { slot: slotOf(retryAtMs, event.id, shards), key: nextKey(event, retryAtMs) }, nowMs)

describe('the place of an event', () => {
  const request = {
    action: 'schedule',
    publication: { messageId: 'm', atMs: 5 },
    id: 'a',
    date: { text: '2026-11-23T12:34:00', atMs: MINUTE_MS },
    target: topicArn(),
    payload: 'p',
    user: 'u',
    failureTopic: topicArn('f'),
    latest: { text: '2026-11-23T13:34:00+01:00', atMs: MINUTE_MS + 1 },
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  } as const

  it('is the slot of its date, in the lane that fits now', () => {
    expect(toEvent(request, { slot: slotAt(MINUTE_MS, 0), nowMs: MINUTE_MS - 600_000 })).to.deep.equal({
      id: 'a',
      slot: slotAt(MINUTE_MS, 0),
      key: '001795437240000#a',
      dueAtMs: MINUTE_MS,
      publication: { messageId: 'm', atMs: 5 },
      acceptedAtMs: MINUTE_MS - 600_000,
      emitAtMs: MINUTE_MS,
      lane: 'far',
      attempt: 1,
      target: topicArn(),
      payload: 'p',
      user: 'u',
      date: '2026-11-23T12:34:00',
      failureTopic: topicArn('f'),
      latest: '2026-11-23T13:34:00+01:00',
      latestAtMs: MINUTE_MS + 1,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    })
    expect(toEvent(request, { slot: slotAt(MINUTE_MS, 0), nowMs: MINUTE_MS }).lane).to.equal('express')
  })

  it('has no latest time where its client gives none', () => {
    const { latest: _latest, ...without } = request
    const event = toEvent(without, { slot: slotAt(MINUTE_MS, 0), nowMs: MINUTE_MS })
    expect(event).to.include({ latest: undefined, latestAtMs: undefined })
  })

  it('is the same slot and key whenever it is looked for', () => {
    const [early, late] = [
      toEvent(request, { slot: slotAt(MINUTE_MS, 5), nowMs: MINUTE_MS - 9e9 }),
      toEvent(request, { slot: slotAt(MINUTE_MS, 5), nowMs: MINUTE_MS + 9e9 }),
    ]
    expect([late.slot, late.key]).to.deep.equal([early.slot, early.key])
  })

  it('is that of an event to be tried, though it had failed where it stood before', () => {
    const untold: Untold = { kind: 'failed', code: 'TARGET_DENIED', error: 'e', reason: 'r', sinceMs: 1 }
    const slot = slotAt(MINUTE_MS, 0)
    const event = anEvent({ dueAtMs: MINUTE_MS })
    const placed = placeInSlot({ ...event, untold }, { slot, nowMs: MINUTE_MS })
    expect(placed).to.deep.equal({ ...event, lane: 'express', attempt: 1 })
  })
})

describe('the next attempt of an event', () => {
  const event = anEvent({ id: 'a', dueAtMs: MINUTE_MS })

  it('is another event in the slot of its own time, due when the first was', () => {
    const next = nextAttempt(event, MINUTE_MS + 3_600_000, { shards: 1, nowMs: MINUTE_MS })
    expect(next).to.deep.equal({
      ...event,
      slot: '2026-11-23T13-34Z-00',
      key: '001795440840000#a#2',
      emitAtMs: MINUTE_MS + 3_600_000,
      attempt: 2,
      lane: 'far',
    })
  })

  it('is in the lane that fits now', () => {
    expect(nextAttempt(event, MINUTE_MS + 30_000, { shards: 1, nowMs: MINUTE_MS }).lane).to.equal('near')
    expect(nextAttempt(event, MINUTE_MS + 4_999, { shards: 1, nowMs: MINUTE_MS }).lane).to.equal('express')
  })

  it('stays on the shard of its id', () => {
    const spread = anEvent({ id: 'some-id', shards: 64 })
    expect(nextAttempt(spread, MINUTE_MS + 9e6, { shards: 64, nowMs: MINUTE_MS }).slot.slice(-2)).to.equal(
      spread.slot.slice(-2),
    )
  })

  it('is its failure, where that is to be told, in a place of its own, and is no attempt', () => {
    const untold: Untold = { kind: 'failed', code: 'TARGET_DENIED', error: 'e', reason: 'r', sinceMs: 1 }
    const slot = slotAt(MINUTE_MS + 60_000, 0)
    const place = { slot, key: nextKey(event, MINUTE_MS + 60_000) }
    const told = attemptAt(
      { ...event, untold: { ...untold, reason: 'before' } },
      { ...place, attempts: 0, untold },
      MINUTE_MS,
    )
    const emitAtMs = MINUTE_MS + 60_000
    expect(told).to.deep.equal({ ...event, ...place, emitAtMs, lane: 'near', attempt: 1, untold })
  })
})
