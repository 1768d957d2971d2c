import { expect } from 'chai'
import { inGroups } from '../../../functions/loader/in-groups.ts'

const ITEMS = [0, 1, 2, 3, 4, 5, 6]

describe('work in groups', () => {
  it('is done on all items, in groups in their order, the last one smaller', async () => {
    const running: number[] = []
    const most: number[] = []
    const done: number[] = []
    const result = await inGroups(ITEMS, 3, async (item) => {
      running.push(item)
      await Promise.resolve()
      most.push(running.length)
      running.splice(running.indexOf(item), 1)
      done.push(item)
    })
    expect(result).to.deep.equal({ done: 7 })
    expect(done).to.deep.equal(ITEMS)
    expect(Math.max(...most)).to.equal(3)
  })

  it('is done at once where there is nothing to do', async () => {
    expect(await inGroups([], 3, async () => {})).to.deep.equal({ done: 0 })
  })

  it('finishes the group in which an item fails, and begins no other', async () => {
    const begun: number[] = []
    const failure = new Error('throttled')
    const result = await inGroups(ITEMS, 3, async (item) => {
      begun.push(item)
      if (item === 4) throw failure
    })
    expect(begun).to.deep.equal([0, 1, 2, 3, 4, 5])
    expect(result).to.deep.equal({ done: 4, fault: failure })
  })

  it('counts as done what comes before the first that failed, whichever fails first', async () => {
    const result = await inGroups(ITEMS, 3, async (item) => {
      if (item === 1) await new Promise(setImmediate)
      if (item > 0) throw new Error(`item ${item}`)
    })
    expect(result.done).to.equal(1)
    expect(result.fault).to.have.property('message', 'item 1')
  })
})
