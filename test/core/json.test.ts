import { expect } from 'chai'
import {
  asJson,
  isJsonObject,
  nestingOf,
  parseExactly,
  parseJson,
  withoutByteOrderMark,
  writeJson,
} from '../../core/json.ts'

describe('JSON', () => {
  for (const [text, value] of [
    ['{"a":[1,null]}', { a: [1, null] }],
    ['"text"', 'text'],
    ['null', null],
    ['0', 0],
    ['false', false],
  ] as const)
    it(`says what ${text} says`, () => {
      expect(parseJson(text)).to.deep.equal(value)
    })

  for (const text of ['', 'undefined', '{', "{'a':1}", '{"a":1}}', 'NaN'])
    it(`is not "${text}"`, () => {
      expect(parseJson(text)).to.equal(undefined)
    })

  it('is told from a byte order mark before it', () => {
    expect(withoutByteOrderMark('\ufeff{"a":1}')).to.equal('{"a":1}')
    expect(withoutByteOrderMark('{"a":"\ufeff"}')).to.equal('{"a":"\ufeff"}')
  })
})

describe('JSON read exactly', () => {
  for (const json of ['12345678901234567890', '-0', '1e400', '1.0', '{"a":[738529527931269425]}', '{"a":"b","c":7}'])
    it(`is written as it was read: ${json}`, () => {
      expect(JSON.stringify(parseExactly(json))).to.equal(json)
    })

  it('is an ordinary value where JavaScript changes nothing', () => {
    expect(parseExactly('{"a":"b","c":[7,null,true]}')).to.deep.equal({ a: 'b', c: [7, null, true] })
  })

  it('keeps the digits of numbers down to 100 levels', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}12345678901234567890${']'.repeat(levels)}`
    expect(JSON.stringify(parseExactly(nested(100)))).to.equal(nested(100))
    expect(JSON.stringify(parseExactly(nested(101)))).to.include('12345678901234567000')
  })

  it('is not what is no JSON', () => {
    expect(parseExactly('{')).to.equal(undefined)
  })

  it('tells objects from all else', () => {
    for (const json of ['{}', '{"rawJSON":"1"}']) expect(isJsonObject(parseExactly(json)), json).to.equal(true)
    for (const json of ['[]', 'null', '"a"', '1', '1e400', '-0'])
      expect(isJsonObject(parseExactly(json)), json).to.equal(false)
  })
})

describe('how deeply JSON is nested', () => {
  for (const [json, levels] of [
    ['1', 0],
    ['[]', 1],
    ['[[],[]]', 2],
    ['[{},{}]', 2],
    ['{"a":[{}]}', 3],
    ['{"[[":"{{"}', 1],
    ['["\\"[[[",[]]', 2],
    ['["\\\\",[]]', 2],
  ] as const)
    it(`is counted: ${json}`, () => {
      expect(nestingOf(json)).to.equal(levels)
    })
})

describe('a value written as JSON', () => {
  const nested = (levels: number, inner = '') => `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`

  it('is whole down to 100 levels', () => {
    for (const json of [nested(100), '{"a":{"b":[1,null,"c"]},"d":12345678901234567890}'])
      expect(writeJson(parseExactly(json), () => expect.fail('left out'))).to.equal(json)
  })

  it('is told to have left out what lies deeper', () => {
    for (const levels of [101, 100_000]) {
      let leftOut = 0
      expect(writeJson(parseExactly(nested(levels)), () => leftOut++)).to.equal(nested(100, '"…"'))
      expect(leftOut).to.equal(1)
    }
  })
})

describe('a text that was received, as JSON', () => {
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

  it('is itself where it is JSON', () => {
    for (const json of ['{ "n" : 12345678901234567890, "n": -0 }', '"a"', nested(100)])
      expect(asJson(json)).to.equal(json)
    expect(asJson('\ufeff{}')).to.equal('{}')
  })

  it('is a string where it is none, or nested deeper than 100 levels, at which parsers end', () => {
    for (const text of ['hello', '{"a":1,}', '', nested(101), nested(100_000)])
      expect(JSON.parse(asJson(text))).to.equal(text)
  })
})
