import { expect } from 'chai'
import { KNOWN_FOR_MS, mayBeForgotten } from '../../core/forgotten.ts'
import { MINUTE_MS } from '../support/builders.ts'

const DAY_MS = 24 * 3_600_000

describe('what became of an event', () => {
  it('is known for sixteen days under whatever retention, and may be forgotten a millisecond later', () => {
    expect(KNOWN_FOR_MS).to.equal(16 * DAY_MS)
    expect(mayBeForgotten(MINUTE_MS, MINUTE_MS + 16 * DAY_MS)).to.equal(false)
    expect(mayBeForgotten(MINUTE_MS, MINUTE_MS + 16 * DAY_MS + 1)).to.equal(true)
  })
})
