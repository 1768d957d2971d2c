import { expect } from 'chai'
import { inOrder } from '../../status/in-order.ts'

async function* of(...all: string[]): AsyncGenerator<string> {
  yield* all
}
const merged = (...sources: AsyncGenerator<string>[]) => Array.fromAsync(inOrder(sources, (one) => one))

describe('several sequences in order', () => {
  it('are one sequence', async () => {
    expect(await merged(of('a', 'd', 'e'), of('b', 'c', 'f'), of())).to.deep.equal(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  it('are read no further than they are asked for', async () => {
    let read = 0
    async function* counted() {
      for (const one of ['a', 'b', 'c']) {
        read++
        yield one
      }
    }
    const all = inOrder([counted(), counted()], (one) => one)
    await all.next()
    expect(read).to.equal(2)
  })

  it('are nothing where there is none', async () => {
    expect(await merged()).to.deep.equal([])
  })

  it('are the only one itself', async () => {
    expect(await merged(of('b', 'a'))).to.deep.equal(['b', 'a'])
  })
})
