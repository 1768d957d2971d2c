import { expect } from 'chai'
import { deferredBytesOf, deferredKeys } from '../../../functions/delivery/deferred-keys.ts'

/** Deferred events of these keys, of a hundred bytes each. */
function deferred(...keys: string[]) {
  const all = deferredKeys()
  for (const key of keys) all.add({ key, bytes: 100 })
  return { all, take: (room: number) => all.take(room).map(({ key }) => key) }
}

describe('deferred keys', () => {
  it('are taken in their order, whatever the one in which they came', () => {
    expect(deferred('b', 'd', 'a', 'c').take(400)).to.deep.equal(['a', 'b', 'c', 'd'])
  })

  it('are taken once, and in order with those that come later', () => {
    const { all, take } = deferred('b', 'd')
    expect(take(100)).to.deep.equal(['b'])
    all.add({ key: 'c', bytes: 100 })
    expect([take(1_000), take(1_000)]).to.deep.equal([['c', 'd'], []])
  })

  it('are no more than there is room for, exactly, and none passes one that is too large', () => {
    const { all, take } = deferred('a', 'b', 'd')
    all.add({ key: 'c', bytes: 101 })
    expect([take(99), take(200), take(100), take(201)]).to.deep.equal([[], ['a', 'b'], [], ['c', 'd']])
  })

  it('are counted as long as they wait', () => {
    const { all, take } = deferred('a', 'b')
    expect(all.size()).to.equal(2)
    take(100)
    expect(all.size()).to.equal(1)
  })

  it('take a little more in memory than they are long', () => {
    expect(deferredBytesOf({ key: 'x'.repeat(60) })).to.equal(160)
  })
})
