import { expect } from 'chai'
import { EVENT_BYTES, outstandingEvents } from '../../../functions/delivery/outstanding-events.ts'
import { anEvent } from '../../support/builders.ts'

const account = ({ size, bytes, lowestKey }: ReturnType<typeof outstandingEvents>) => [size(), bytes(), lowestKey()]

describe('the register of outstanding events', () => {
  it('takes an event once, and again when it is done with', () => {
    const outstanding = outstandingEvents()
    const event = anEvent()
    expect([outstanding.add(event), outstanding.add(event)]).to.deep.equal([true, false])
    outstanding.remove(event)
    expect(outstanding.add(event)).to.equal(true)
  })

  it('says how many there are, what they take in memory, and which has the lowest key, in whatever order they were taken', () => {
    const outstanding = outstandingEvents()
    const [a, b] = [anEvent({ id: 'a', payload: '12345' }), anEvent({ id: 'b', payload: '123' })]
    expect(account(outstanding)).to.deep.equal([0, 0, undefined])
    outstanding.add(b)
    outstanding.add(a)
    outstanding.add(b)
    expect(account(outstanding)).to.deep.equal([2, 2 * EVENT_BYTES + 8, a.key])
    outstanding.remove(b)
    expect(account(outstanding)).to.deep.equal([1, EVENT_BYTES + 5, a.key])
  })

  it('is done with an event once, though it is told so twice', () => {
    const outstanding = outstandingEvents()
    const [a, b] = [anEvent(), anEvent({ payload: '' })]
    outstanding.add(a)
    outstanding.add(b)
    outstanding.remove(a)
    outstanding.remove(a)
    expect(account(outstanding)).to.deep.equal([1, EVENT_BYTES, b.key])
  })

  it('finds an event by its key until it is done with', () => {
    const outstanding = outstandingEvents()
    const event = anEvent()
    outstanding.add(event)
    expect(outstanding.get(event.key)).to.equal(event)
    outstanding.remove(event)
    expect(outstanding.get(event.key)).to.equal(undefined)
  })

  it('keeps the key of an event that is deferred, and no more, and takes it for one that it has', () => {
    const outstanding = outstandingEvents()
    const [a, b] = [anEvent({ id: 'a', payload: '12345' }), anEvent({ id: 'b', payload: '123' })]
    outstanding.add(a)
    outstanding.add(b)
    outstanding.defer(a)
    expect(account(outstanding)).to.deep.equal([2, EVENT_BYTES + 3, a.key])
    expect([outstanding.get(a.key), outstanding.add(a)]).to.deep.equal([undefined, false])
  })

  it('has what was deferred and is found again, and is done with what is not', () => {
    const outstanding = outstandingEvents()
    const [a, b, c] = [anEvent({ id: 'a', payload: '12345' }), anEvent({ id: 'b' }), anEvent({ id: 'c' })]
    for (const event of [a, b, c]) outstanding.add(event)
    for (const event of [a, b, c]) outstanding.defer(event)
    outstanding.resume([a.key, b.key], [a])
    expect(account(outstanding)).to.deep.equal([2, EVENT_BYTES + 5, a.key])
    expect([outstanding.get(a.key), outstanding.add(b)]).to.deep.equal([a, true])
  })

  it('is empty when what was deferred is not found, or is dropped', async () => {
    for (const end of ['resume', 'dropDeferred'] as const) {
      const outstanding = outstandingEvents()
      const event = anEvent()
      outstanding.add(event)
      outstanding.defer(event)
      const emptied = outstanding.empty()
      outstanding[end]([event.key], [])
      await emptied
      expect(account(outstanding)).to.deep.equal([0, 0, undefined])
    }
  })

  it('drops nothing but what is deferred', () => {
    const outstanding = outstandingEvents()
    const [a, b] = [anEvent({ payload: '' }), anEvent()]
    outstanding.add(a)
    outstanding.add(b)
    outstanding.defer(b)
    outstanding.dropDeferred()
    expect(account(outstanding)).to.deep.equal([1, EVENT_BYTES, a.key])
  })

  it('is empty at once when nothing was taken, and else when the last event is done with', async () => {
    const outstanding = outstandingEvents()
    await outstanding.empty()
    const [a, b] = [anEvent(), anEvent()]
    outstanding.add(a)
    outstanding.add(b)
    let empty = false
    const waiting = outstanding.empty().then(() => (empty = true))
    outstanding.remove(a)
    await Promise.resolve()
    expect(empty).to.equal(false)
    outstanding.remove(b)
    await waiting
  })
})
