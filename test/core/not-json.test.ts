import { expect } from 'chai'
import { whyNoJson } from '../../core/not-json.ts'

const LONG = `{"a": "${'x'.repeat(500)}", `

describe('why a text is no JSON', () => {
  for (const [what, text, why] of [
    ['a trailing comma', '{"a":1,}', 'Expected double-quoted property name at position 7, near "{\\"a\\":1,}"'],
    ['a name without quotes', '{a:1}', 'Expected property name or \'}\' at position 1, near "{a:1}"'],
    [
      'a control character',
      '"a\u0001"',
      'Bad control character in string literal at position 2, near "\\"a\\u0001\\""',
    ],
    ['more after the end', '{} {}', 'Unexpected non-whitespace character after JSON at position 3, near "{} {}"'],
    ['an early end', '{"a":', 'Unexpected end of JSON input at position 5, near "{\\"a\\":"'],
    ['words', 'hello', 'Unexpected token \'h\' at position 0, near "hello"'],
    ['a single quote', "{'a': 1}", "Expected property name or '}' at position 1, near \"{'a': 1}\""],
    ['a value that is none', '{"a": undefined}', 'Unexpected token \'u\' at position 6, near "{\\"a\\": undefined}"'],
  ] as const)
    it(`is told in the parser’s words, with its place: ${what}`, () => {
      expect(whyNoJson(text)).to.equal(why)
    })

  for (const [what, text] of [
    ['a token', `${LONG}"b": x, "c": ${'1'.repeat(500)}}`],
    ['a token that stands elsewhere, too', `{"b": " x, ", ${LONG.slice(1)}"b": x, "c": 1, "d": 2}`],
  ] as const)
    it(`finds ${what} far into a text`, () => {
      const position = text.lastIndexOf(': x,') + 2
      expect(whyNoJson(text)).to.match(new RegExp(`^Unexpected token 'x' at position ${position}, near ".*: x, .*"$`))
    })

  it('shows the text around the place, not the beginning of the message', () => {
    expect(whyNoJson(`${LONG}}`)).to.match(new RegExp(`at position ${LONG.length}, near "x{27}\\\\", }"$`))
  })

  it('is found in a text of a mebibyte', () => {
    const text = `["${'x'.repeat(1_048_576)}", y]`
    expect(whyNoJson(text)).to.contain(`Unexpected token 'y' at position ${text.length - 2}`)
  })
})
