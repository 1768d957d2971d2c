import { expect } from 'chai'
import { show } from '../../core/show.ts'

describe('a value in a sentence', () => {
  it('is quoted as in JSON', () => {
    expect(show('a "b"')).to.equal('"a \\"b\\""')
    expect(show([1, null])).to.equal('[1,null]')
    expect(show(undefined)).to.equal('undefined')
  })

  it('is whole at 120 characters, and cut above', () => {
    expect(show('x'.repeat(118))).to.have.length(120)
    expect(show('x'.repeat(119)))
      .to.have.length(121)
      .and.match(/…$/)
  })
})
