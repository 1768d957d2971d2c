import { expect } from 'chai'
import { isEarlier, isLater, isOf, publicationSchema } from '../../core/publication.ts'

const at = (atMs: number) => ({ messageId: 'm', atMs })

describe('what was published', () => {
  it('is later, or earlier, by when its topic took it', () => {
    expect([isLater(at(5), { publication: at(4) }), isEarlier(at(5), { publication: at(4) })]).to.deep.equal([
      true,
      false,
    ])
    expect([isLater(at(4), { publication: at(5) }), isEarlier(at(4), { publication: at(5) })]).to.deep.equal([
      false,
      true,
    ])
  })

  it('is in no order with what was published in the same millisecond', () => {
    expect([isLater(at(5), { publication: at(5) }), isEarlier(at(5), { publication: at(5) })]).to.deep.equal([
      false,
      false,
    ])
  })

  it('is held against when a fact was written that came from no publish', () => {
    expect(isLater(at(5), { atMs: 4 })).to.equal(true)
    expect(isLater(at(5), { atMs: 6 })).to.equal(false)
    expect(isLater(at(5), { publication: at(4), atMs: 6 })).to.equal(true)
    expect([isEarlier(at(5), { atMs: 6 }), isEarlier(at(5), { atMs: 4 })]).to.deep.equal([true, false])
  })

  it('is later than everything of which nothing is known, and so is that itself', () => {
    expect(isLater(at(5), {})).to.equal(true)
    expect(isLater(undefined, { publication: at(5) })).to.equal(true)
    expect(isEarlier(undefined, { publication: at(5) })).to.equal(false)
  })

  it('is what came from its message, whenever that came, and nothing else', () => {
    expect(isOf(at(5), { publication: at(9) })).to.equal(true)
    expect(isOf(at(5), { publication: { messageId: 'other', atMs: 5 } })).to.equal(false)
    for (const met of [undefined, {}, { atMs: 5 }]) {
      expect(isOf(at(5), met)).to.equal(false)
      expect(isOf(undefined, met)).to.equal(false)
    }
    expect(isOf(undefined, { publication: at(5) })).to.equal(false)
  })

  it('is read with the message’s id and when its topic took it, and not without', () => {
    expect(publicationSchema.parse({ ...at(5), more: 1 })).to.deep.equal(at(5))
    for (const half of [{ messageId: 'm' }, { atMs: 5 }])
      expect(publicationSchema.safeParse(half).success).to.equal(false)
  })
})
