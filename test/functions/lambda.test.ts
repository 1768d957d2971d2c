import { expect } from 'chai'
import { lambda } from '../../functions/lambda.ts'

describe('a Lambda handler', () => {
  it('makes its dependencies at the first invocation, once', async () => {
    let made = 0
    const handler = lambda(() => {
      made++
      return async (input: number) => input * 2
    })
    expect(made).to.equal(0)
    expect([await handler(1), await handler(2)]).to.deep.equal([2, 4])
    expect(made).to.equal(1)
  })

  it('tries again to make them after it could not', async () => {
    let tries = 0
    const handler = lambda(() => {
      if (++tries === 1) throw new Error('no')
      return async () => 'done'
    })
    expect(() => handler(undefined)).to.throw('no')
    expect(await handler(undefined)).to.equal('done')
  })
})
