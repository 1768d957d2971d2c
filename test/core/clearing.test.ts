import { expect } from 'chai'
import { hasLeft, isCleared, orderOf, orderOfCancel, publicationAt } from '../../core/clearing.ts'

const published = (atMs: number, messageId: string) => ({ atMs, messageId })

const NONE_DONE = { doneMs: 0, wentOutMs: 0 }

describe('all of an id that is cancelled', () => {
  it('is what was published before, and nothing that was published later', () => {
    const clearing = { order: orderOf(published(1_000, 'b')), ...NONE_DONE }
    expect(isCleared(published(999, 'z'), clearing)).to.equal(true)
    expect(isCleared(published(1_001, 'a'), clearing)).to.equal(false)
  })

  it('is, within a millisecond, what has the lower MessageId: of two that replace each other one stays', () => {
    const [one, other] = [published(5, 'a'), published(5, 'b')]
    expect(isCleared(one, { order: orderOf(other), ...NONE_DONE })).to.equal(true)
    expect(isCleared(other, { order: orderOf(one), ...NONE_DONE })).to.equal(false)
    expect(isCleared(one, { order: orderOf(one), ...NONE_DONE })).to.equal(false)
  })

  it('is everything of its millisecond if a cancel has done it', () => {
    expect(isCleared(published(5, 'zzz'), { order: orderOfCancel(published(5, 'a')), ...NONE_DONE })).to.equal(true)
  })

  it('is nothing where nobody has, or where nobody knows when an event was published', () => {
    expect(isCleared(published(5, 'a'), undefined)).to.equal(false)
    expect(isCleared(undefined, { order: orderOf(published(5, 'a')), ...NONE_DONE })).to.equal(false)
  })

  it('came too late for what it has left, and only the last of an id', () => {
    const left = { order: '5', dueAtMs: [7, 8] }
    expect(hasLeft({ order: '5', ...NONE_DONE, left }, 8)).to.equal(true)
    expect(hasLeft({ order: '5', ...NONE_DONE, left }, 9)).to.equal(false)
    expect(hasLeft({ order: '6', ...NONE_DONE, left }, 8)).to.equal(false)
    expect(hasLeft({ order: '5', ...NONE_DONE }, 8)).to.equal(false)
  })

  it('knows the publish that stands somewhere in the order', () => {
    for (const publication of [published(5, 'a-b'), published(1_795_437_240_000, 'a_b')]) {
      expect(publicationAt(orderOf(publication))).to.deep.equal(publication)
      expect(publicationAt(orderOfCancel(publication))).to.deep.equal(publication)
    }
  })
})
