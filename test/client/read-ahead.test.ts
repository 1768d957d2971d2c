import { expect } from 'chai'
import { readAhead } from '../../client/read-ahead.ts'
import { MINUTE_MS } from '../support/builders.ts'
import { fakeClock } from '../support/fake-clock.ts'

describe('reading ahead', () => {
  const clock = fakeClock(MINUTE_MS)
  let underWay = 0
  let most = 0
  /** The later ones take less. */
  const slowly = async (item: number) => {
    most = Math.max(most, ++underWay)
    await clock.sleep(100 - item)
    underWay--
    if (item === 13) throw new Error('thirteen')
    return item * 2
  }
  const items = Array.from({ length: 10 }, (_, i) => i)

  it('yields what is made in the order of the items, however many are made at once', async () => {
    const all = await clock.run(Array.fromAsync(readAhead(items, 4, slowly)))
    expect(all).to.deep.equal(items.map((item) => item * 2))
    expect(most).to.equal(4)
  })

  it('makes one after the other where one is to be made at once', async () => {
    most = 0
    await clock.run(Array.fromAsync(readAhead(items, 1, slowly)))
    expect(most).to.equal(1)
  })

  it('throws what making one throws, when it is its turn', async () => {
    const got: number[] = []
    const work = (async () => {
      for await (const made of readAhead([1, 2, 13, 4], 4, slowly)) got.push(made)
    })()
    expect(await clock.run(work.catch((error: Error) => error.message))).to.equal('thirteen')
    expect(got).to.deep.equal([2, 4])
  })
})
