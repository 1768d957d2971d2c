import { expect } from 'chai'
import { OUTCOMES } from '../../core/outcome.ts'
import { CHANGEABLE, REDRIVABLE, STATUSES } from '../../status/status.ts'

describe('the statuses of an event', () => {
  it('have a word for every outcome that a client can see', () => {
    const words: readonly string[] = STATUSES
    expect(OUTCOMES.filter((kind) => words.includes(kind))).to.deep.equal([
      'failed',
      'cancelled',
      'expired',
      'retrying',
    ])
  })

  it('say what can be changed, because it is still to go out, and what can be redriven, because its target did not get it', () => {
    expect(CHANGEABLE).to.deep.equal(['pending', 'retrying'])
    expect(REDRIVABLE).to.deep.equal(['failed', 'expired'])
  })
})
