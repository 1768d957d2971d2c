import { expect } from 'chai'
import { OUTCOMES } from '../../core/outcome.ts'
import { STATUSES } from '../../status/status.ts'

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
})
