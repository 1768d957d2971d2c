import { expect } from 'chai'
import { LOCAL, partName } from '../../core/stack-place.ts'

describe('the parts of a stack', () => {
  it('are called after the stack', () => {
    expect(partName('events', 'prod')).to.equal('scheduler-events-prod')
  })

  it('are on a laptop where nobody else reaches them', () => {
    expect(new URL(LOCAL.endpoint).hostname).to.equal('127.0.0.1')
  })
})
