import { expect } from 'chai'
import { readTraceparent } from '../../core/traceparent.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'

describe('a traceparent', () => {
  it('is taken as the standard writes it', () => {
    for (const parent of [PARENT, '00f067aa0ba902b7'])
      expect(readTraceparent(`00-${TRACE}-${parent}-01`)).to.equal(`00-${TRACE}-${parent}-01`)
  })

  for (const [what, value] of Object.entries({
    'the forbidden version': `ff-${TRACE}-${PARENT}-01`,
    'a trace id of zeros': `00-${'0'.repeat(32)}-${PARENT}-01`,
    'a parent id of zeros': `00-${TRACE}-${'0'.repeat(16)}-01`,
    'capital letters': `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    'a line break after it': `00-${TRACE}-${PARENT}-01\n`,
    'more before it': `00-00-${TRACE}-${PARENT}-01`,
    'more behind it': `00-${TRACE}-${PARENT}-01-00`,
    nothing: '',
    'no text': [`00-${TRACE}-${PARENT}-01`],
  }))
    it(`is dropped with ${what}`, () => {
      expect(readTraceparent(value)).to.equal(undefined)
    })
})
