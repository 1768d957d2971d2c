import { expect } from 'chai'
import { newId } from '../../client/new-id.ts'
import { isId } from '../../core/request-schema.ts'

describe('a new id', () => {
  it('is one that an event may have, and another each time', () => {
    const ids = Array.from({ length: 1_000 }, newId)
    expect(ids.every(isId)).to.equal(true)
    expect(new Set(ids).size).to.equal(1_000)
  })
})
