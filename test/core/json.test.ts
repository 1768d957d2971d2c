import { expect } from 'chai'
import { parseJson } from '../../core/json.ts'

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
})
