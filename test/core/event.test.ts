import { expect } from 'chai'
import {
  asLastAsked,
  asReceived,
  emitAtMsOf,
  eventKey,
  FIRST_KEY,
  hasOwnId,
  hasSameContent,
  isSamePlace,
  keyAt,
  LAST_KEY,
  lastAsked,
  turnOf,
} from '../../core/event.ts'
import { anEvent, MINUTE_MS } from '../support/builders.ts'

describe('the key of an event', () => {
  it('names the instant, the id and every attempt but the first', () => {
    expect(eventKey(MINUTE_MS, 'an-id', 1)).to.equal('001795437240000#an-id')
    expect(eventKey(MINUTE_MS, 'an-id', 2)).to.equal('001795437240000#an-id#2')
  })

  it('sorts by the instant, whatever the id', () => {
    expect(eventKey(999, 'z', 1) < eventKey(1_000, 'a', 1)).to.equal(true)
    expect(eventKey(MINUTE_MS, 'z', 9) < eventKey(MINUTE_MS + 1, 'a', 1)).to.equal(true)
  })

  it('lies between the first and the last key there can be', () => {
    for (const id of ['0', 'z'.repeat(64), '-', '_']) {
      expect(eventKey(0, id, 1) > FIRST_KEY).to.equal(true)
      expect(eventKey(253_402_300_799_999, id, 99) < LAST_KEY).to.equal(true)
    }
  })

  it('is not below the lowest key of its millisecond, and below that of the next', () => {
    for (const id of ['0', '-', '_', 'z'.repeat(64)]) {
      expect(eventKey(MINUTE_MS, id, 1) >= keyAt(MINUTE_MS)).to.equal(true)
      expect(eventKey(MINUTE_MS, id, 12) < keyAt(MINUTE_MS + 1)).to.equal(true)
    }
  })

  it('tells instant and attempt again', () => {
    expect(emitAtMsOf(eventKey(MINUTE_MS + 7, '12-34', 12))).to.equal(MINUTE_MS + 7)
    expect(turnOf(eventKey(MINUTE_MS, '12-34', 12))).to.equal(12)
    expect(turnOf(eventKey(MINUTE_MS, '12-34', 1))).to.equal(1)
  })
})

describe('the place of an event', () => {
  it('is a key in a slot', () => {
    const place = { slot: 'a', key: 'b' }
    expect(isSamePlace(anEvent(place), place)).to.equal(true)
    for (const other of [{ slot: 'b' }, { key: 'a' }])
      expect(isSamePlace(place, { ...place, ...other })).to.equal(false)
  })
})

describe('an event in the words of the input', () => {
  it('can be published again as it was received', () => {
    const event = anEvent({ id: 'a', failureTopic: 'arn:f', latest: '2026-11-23T13:00:00Z', attempt: 3 })
    expect(asReceived(event)).to.deep.equal({
      id: 'a',
      date: '2026-11-23T12:34:30.000Z',
      target: event.target,
      user: 'a team',
      payload: 'payload of a',
      failure_topic: 'arn:f',
      latest: '2026-11-23T13:00:00Z',
    })
  })
})

describe('two events of one id and date', () => {
  const event = anEvent({ id: 'a', latestAtMs: MINUTE_MS, failureTopic: 'f' })

  it('are the same to their client when they would deliver the same, wherever and whenever they were parked', () => {
    const other = { ...event, slot: 'another', key: 'another', lane: 'express', attempt: 2, acceptedAtMs: 1 } as const
    expect(hasSameContent(event, other)).to.equal(true)
  })

  for (const field of ['target', 'payload', 'user', 'failureTopic', 'latestAtMs'] as const)
    it(`are not when they differ in ${field}`, () => {
      expect(hasSameContent(event, { ...event, [field]: undefined })).to.equal(false)
      expect(hasSameContent({ ...event, [field]: undefined }, event)).to.equal(false)
    })
})

describe('the last publish that asked for an event', () => {
  const [publication, askedAgain] = [1, 2].map((atMs) => ({ messageId: `at ${atMs}`, atMs }))

  it('is the one that asked for it again, if one did, else the one that it came from', () => {
    expect(lastAsked({ publication, askedAgain })).to.equal(askedAgain)
    expect(lastAsked({ publication })).to.equal(publication)
    expect(lastAsked({})).to.equal(undefined)
  })

  it('is all that an event says of who asked for it, as it was asked for last', () => {
    const event = anEvent({ publication, askedAgain })
    expect(asLastAsked(event)).to.deep.equal({ ...event, publication: askedAgain, askedAgain: undefined })
  })
})

describe('the id of an event', () => {
  it('is its client’s own, unless it is that of the message', () => {
    const publication = { messageId: 'a message', atMs: 1 }
    expect(hasOwnId({ id: 'mine', publication })).to.equal(true)
    expect(hasOwnId({ id: 'a message', publication })).to.equal(false)
    expect(hasOwnId({ id: 'from an earlier version', publication: undefined })).to.equal(true)
  })
})
