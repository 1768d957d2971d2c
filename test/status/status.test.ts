import { expect } from 'chai'
import { OUTCOMES } from '../../core/outcome.ts'
import { STATUSES } from '../../status/status.ts'

describe('the statuses of an event', () => {
  it('have a word for every outcome that ends an event for good, and no other', () => {
    const words: readonly string[] = STATUSES
    expect(OUTCOMES.filter((kind) => words.includes(kind))).to.deep.equal(['failed', 'cancelled', 'expired'])
  })
})
