import { expect } from 'chai'
import { emptyRunnerRecord } from '../../core/runner-record.ts'

describe('the record of a slot of which nothing has been written', () => {
  it('says that its first runner is its last, and that it is not planned, not settled and never was', () => {
    expect(emptyRunnerRecord()).to.deep.equal({ runs: 1, version: 0 })
  })

  it('is another one each time: nobody can change the record of somebody else', () => {
    expect(emptyRunnerRecord()).to.not.equal(emptyRunnerRecord())
  })
})
