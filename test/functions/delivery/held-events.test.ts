import { expect } from 'chai'
import type { ScheduledEvent } from '../../../core/event.ts'
import { heldEvents } from '../../../functions/delivery/held-events.ts'
import { anEvent, MINUTE_MS } from '../../support/builders.ts'
import { seededRandom } from '../../support/random.ts'

const due = (afterMs: number, id: string) => anEvent({ dueAtMs: MINUTE_MS + afterMs, id })
const ids = (events: readonly ScheduledEvent[]) => events.map(({ id }) => id).join('')

function listOf(...events: ScheduledEvent[]) {
  const held = heldEvents()
  for (const event of events) held.add(event)
  return { held, takeUntil: (afterMs: number) => ids(held.takeUntil(MINUTE_MS + afterMs)) }
}

describe('the list of held events', () => {
  it('is in the order of emission, however it was filled', () => {
    const { takeUntil } = listOf(due(2, 'c'), due(3, 'd'), due(1, 'b'), due(0, 'a'), due(4, 'e'))
    expect(takeUntil(4)).to.equal('abcde')
  })

  it('has the events of one millisecond in the order of their keys', () => {
    const { takeUntil } = listOf(due(1, 'c'), due(1, 'a'), due(0, 'z'), due(1, 'b'))
    expect(takeUntil(1)).to.equal('zabc')
  })

  it('goes by when an event is to be emitted, not by when it was due', () => {
    const retried = anEvent({ dueAtMs: MINUTE_MS, emitAtMs: MINUTE_MS + 5, id: 'b', attempt: 2 })
    const { takeUntil } = listOf(retried, due(4, 'a'))
    expect(takeUntil(4)).to.equal('a')
    expect(takeUntil(5)).to.equal('b')
  })

  it('gives events up to an instant: the one of that very millisecond, and none of the next', () => {
    const { held, takeUntil } = listOf(due(-1, 'a'), due(0, 'b'), due(1, 'c'))
    expect(takeUntil(0)).to.equal('ab')
    expect(held.size()).to.equal(1)
  })

  it('gives each event once', () => {
    const { takeUntil } = listOf(due(0, 'a'), due(1, 'b'))
    expect([takeUntil(0), takeUntil(0), takeUntil(1), takeUntil(1)]).to.deep.equal(['a', '', 'b', ''])
  })

  it('takes an event that is to be emitted before those it has given already', () => {
    const { held, takeUntil } = listOf(due(0, 'a'), due(9, 'c'))
    takeUntil(0)
    held.add(due(-5, 'b'))
    expect(held.first()?.id).to.equal('b')
    expect(takeUntil(9)).to.equal('bc')
  })

  it('is left with the others when one is removed: the first, the last or one between', () => {
    for (const [at, rest] of ['bcd', 'acd', 'abd', 'abc'].entries()) {
      const events = [due(0, 'a'), due(0, 'b'), due(1, 'c'), due(2, 'd')] as const
      const { held, takeUntil } = listOf(...events)
      expect(held.remove(events[at] as ScheduledEvent)).to.equal(true)
      expect([held.size(), takeUntil(2)]).to.deep.equal([3, rest])
    }
  })

  it('says of an event that was given, removed or never added that it is not there', () => {
    const [given, removed] = [due(0, 'a'), due(1, 'c')]
    const { held, takeUntil } = listOf(given, removed, due(2, 'd'))
    takeUntil(0)
    held.remove(removed)
    expect([given, removed, due(1, 'b'), due(9, 'e')].map((event) => held.remove(event))).to.deep.equal(
      Array.from({ length: 4 }, () => false),
    )
    expect(held.size()).to.equal(1)
  })

  it('takes an event again after it was removed or given', () => {
    const [a, b] = [due(0, 'a'), due(1, 'b')]
    const { held, takeUntil } = listOf(a, b)
    held.remove(b)
    held.add(b)
    takeUntil(0)
    held.add(a)
    expect(takeUntil(1)).to.equal('ab')
  })

  it('knows its first event and the range of its keys; neither when it is empty', () => {
    const [a, b] = [due(0, 'a'), due(1, 'b')]
    const { held, takeUntil } = listOf(b, a)
    expect([held.first(), held.range()]).to.deep.equal([a, { first: a.key, last: b.key }])
    takeUntil(0)
    expect([held.first(), held.range()]).to.deep.equal([b, { first: b.key, last: b.key }])
    held.remove(b)
    expect([held.first(), held.range(), held.size()]).to.deep.equal([undefined, undefined, 0])
  })

  it('loses none of many events that come and go in any order', () => {
    const random = seededRandom(7)
    const { held } = listOf()
    const inside = new Map<string, ScheduledEvent>()
    const given: ScheduledEvent[] = []
    for (let i = 0; i < 30_000; i++) {
      const event = due(i + Math.floor(random() * 2_000), `e-${i}`)
      held.add(event)
      inside.set(event.key, event)
      if (random() < 0.1) for (const one of held.takeUntil(MINUTE_MS + i)) given.push(one)
      const [oldest] = inside.values()
      if (random() < 0.1 && oldest && held.remove(oldest)) inside.delete(oldest.key)
    }
    given.push(...held.takeUntil(Number.POSITIVE_INFINITY))
    expect(new Set(given.map(({ key }) => key))).to.deep.equal(new Set(inside.keys()))
    expect(given.length).to.equal(inside.size)
  })
})
