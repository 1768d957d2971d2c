import { expect } from 'chai'
import { carriedJson, whyNotCarried } from '../../core/carried-text.ts'

describe('a text that SNS carries as it is', () => {
  for (const [what, text] of [
    ['tabs and line breaks', '\t\n\r'],
    ['the last character before the surrogates, and the first after', '\ud7ff\ue000'],
    ['the replacement character', '\ufffd'],
    ['the first and the last beyond sixteen bits', '\u{10000}\u{10ffff}'],
  ] as const)
    it(`may have ${what}`, () => expect(whyNotCarried(text)).to.equal(undefined))

  for (const [what, text, named] of [
    ['a null', 'a\u0000', 'the character U+0000 at position 1'],
    ['an escape', '\u001b[2J', 'the character U+001B at position 0'],
    ['U+FFFE', 'ab\ufffe', 'the character U+FFFE at position 2'],
    ['a lone surrogate', 'a\ud800b', 'a lone surrogate, U+D800, at position 1'],
  ] as const)
    it(`has no ${what}, which is named with its place`, () => expect(whyNotCarried(text)).to.contain(named))
})

describe('JSON made fit for SNS', () => {
  it('says the same', () => {
    const json = JSON.stringify({ text: 'a\ufffe\uffffb😀' })
    expect(JSON.parse(carriedJson(json))).to.deep.equal(JSON.parse(json))
    expect(whyNotCarried(carriedJson(json))).to.equal(undefined)
  })
})
