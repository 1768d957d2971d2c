import { expect } from 'chai'
import { OUTCOMES } from '../../core/outcome.ts'
import { emptySettlement, settlementSchema } from '../../core/settlement.ts'

describe('the account of a slot', () => {
  it('begins with nothing, and without a lateness, because nothing was delivered', () => {
    const empty = emptySettlement()
    expect(new Set(Object.values(empty))).to.deep.equal(new Set([0]))
    expect(empty).to.not.have.property('latenessMs')
    expect(settlementSchema.parse(empty)).to.deep.equal(empty)
  })

  it('is read with its lateness, where something was delivered', () => {
    const account = { ...emptySettlement(), latenessMs: { p50: 1, p99: 20, max: 300 } }
    expect(settlementSchema.parse(account)).to.deep.equal(account)
  })

  it('has a count for every way in which an event ends in its slot', () => {
    const endings = OUTCOMES.filter((kind) => kind !== 'claimed')
    expect(emptySettlement()).to.include.all.keys('events', 'delivered', 'deliveredBySettler', ...endings)
  })

  it('is not read where a count is missing', () => {
    const { moved: _moved, ...rest } = emptySettlement()
    expect(settlementSchema.safeParse(rest).success).to.equal(false)
  })
})
