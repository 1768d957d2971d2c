import { expect } from 'chai'
import { inTurns } from '../../local/turns.ts'

describe('work in turns', () => {
  it('runs as many at a time as it may, and the others in order', async () => {
    const inTurn = inTurns(2)
    const begun: number[] = []
    const pieces = [0, 1, 2, 3].map(() => Promise.withResolvers<void>())
    const runs = pieces.map(({ promise }, i) =>
      inTurn(() => {
        begun.push(i)
        return promise
      }),
    )
    expect(begun).to.deep.equal([0, 1])
    pieces[1]?.resolve()
    await runs[1]
    await Promise.resolve()
    expect(begun).to.deep.equal([0, 1, 2])
    for (const { resolve } of pieces) resolve()
    await Promise.all(runs)
    expect(begun).to.deep.equal([0, 1, 2, 3])
  })

  it('gives the turn of a piece that fails to the next', async () => {
    const inTurn = inTurns(1)
    const failing = inTurn(() => Promise.reject(new Error('no')))
    const next = inTurn(async () => 'done')
    expect(await failing.catch(({ message }) => message)).to.equal('no')
    expect(await next).to.equal('done')
    expect(await inTurn(async () => 'again')).to.equal('again')
  })
})
