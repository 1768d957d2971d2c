import { expect } from 'chai'
import { printable, printableJson, quoted } from '../../../local/terminal/printable.ts'

describe('what comes from outside, on a terminal', () => {
  it('is shown as it is when it is text', () => {
    const text = 'Grüße, 你好, 😀, a = "b" & \\d'
    expect(printable(text)).to.equal(text)
  })

  const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index)
  const unprintable = {
    'a control character': [...from(0x00, 0x1f), ...from(0x7f, 0x9f)],
    'an order to write from right to left': [0x200e, 0x200f, ...from(0x202a, 0x202e), ...from(0x2066, 0x2069)],
    'a character without width': [0x200b, 0x200c, 0x200d, 0x2060, 0xfeff],
    'a break of lines': [0x2028, 0x2029],
    'half a character': [0xd800, 0xdfff],
  }
  for (const [what, codes] of Object.entries(unprintable)) {
    it(`is written as an escape when it is ${what}`, () => {
      for (const code of codes) {
        const written = `\\u${code.toString(16).padStart(4, '0')}`
        expect(printable(`a${String.fromCharCode(code)}b`)).to.equal(`a${written}b`)
      }
    })
  }

  it('is written as two escapes when it is an invisible character of two units', () => {
    expect(printable('\u{e0041}')).to.equal('\\udb40\\udc41')
  })

  it('is still the same JSON', () => {
    const value = { text: '\u009b2J\u202e\u0000\n"\u{e0041}' }
    expect(JSON.parse(printableJson(value))).to.deep.equal(value)
    expect(printableJson(value)).to.not.match(/[\p{Cc}\p{Cf}]/u)
  })

  it('is shown whole up to sixty characters', () => {
    expect(quoted('😀'.repeat(60))).to.equal(`"${'😀'.repeat(60)}"`)
  })

  it('is cut, between characters, from sixty-one on', () => {
    expect(quoted('😀'.repeat(61))).to.equal(`"${'😀'.repeat(60)}…" (122 characters)`)
    expect(quoted('x'.repeat(250_000))).to.equal(`"${'x'.repeat(60)}…" (250000 characters)`)
  })
})
