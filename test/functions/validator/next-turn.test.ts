import { expect } from 'chai'
import { eventKey } from '../../../core/event.ts'
import type { Outcome } from '../../../core/outcome.ts'
import { slotAt } from '../../../core/slot.ts'
import { CLOCK_SKEW_MS } from '../../../core/timetable.ts'
import { comesAfter, nextTurn } from '../../../functions/validator/next-turn.ts'
import { arriving, NOW_MS } from '../../support/arriving.ts'
import { aWorld, stepsOf } from '../../support/world.ts'

describe('the next turn of an event', () => {
  it('is where it is emitted, which is later than its date when it is tried again', async () => {
    const world = aWorld({ atMs: NOW_MS })
    const emitAtMs = NOW_MS + 90_000
    const slot = slotAt(emitAtMs, 0)
    const ref = { slot, key: eventKey(emitAtMs, 'a', 2) }
    expect(await nextTurn({ ...world, ...stepsOf(world) }, { id: 'a', emitAtMs }, { ref })).to.deep.equal({
      slot,
      key: eventKey(emitAtMs, 'a', 3),
    })
  })
})

describe('an event that comes to where one has ended', () => {
  const first = { messageId: 'the first', atMs: NOW_MS }
  const before = arriving(60_000, { id: 'a', publication: first })
  const { slot, key } = before
  const ref = { slot, key }
  /** Whether what was published then comes after the one that has ended so, when it was asked for last at `askedMs`. */
  const isAfter = (atMs: number, ended: Partial<Outcome>, askedMs = NOW_MS) => {
    const event = arriving(60_000, { id: 'a', payload: 'another', publication: { messageId: 'the second', atMs } })
    const outcome: Outcome = { ...ref, kind: 'failed', atMs: NOW_MS + 10_000, ...ended }
    const asked = { messageId: 'the last', atMs: askedMs }
    const standing = { ref, event: before, content: before, pointer: undefined, messageIds: new Set(['the first']) }
    return comesAfter(event, { ...standing, asked, outcome })
  }

  it('follows one that has failed or expired if it was published after that, by whatever clock', () => {
    for (const kind of ['failed', 'expired'] as const) {
      expect(isAfter(NOW_MS + 10_000 - CLOCK_SKEW_MS + 1, { kind })).to.equal(true)
      expect(isAfter(NOW_MS + 10_000 - CLOCK_SKEW_MS, { kind })).to.equal(false)
    }
  })

  it('does not follow what was asked for after it, however soon that failed', () => {
    expect(isAfter(NOW_MS + 10_001, {}, NOW_MS + 10_001)).to.equal(true)
    expect(isAfter(NOW_MS + 10_001, {}, NOW_MS + 10_002)).to.equal(false)
  })

  it('follows one that was cancelled if it was published after the cancel, or is what that made room for', () => {
    const cancel = (messageId: string): Partial<Outcome> => ({
      kind: 'cancelled',
      publication: { messageId, atMs: NOW_MS + 5 },
    })
    expect(isAfter(NOW_MS + 6, cancel('a cancel'))).to.equal(true)
    expect(isAfter(NOW_MS + 4, cancel('a cancel'))).to.equal(false)
    expect(isAfter(NOW_MS + 5, cancel('the second'))).to.equal(true)
  })
})
