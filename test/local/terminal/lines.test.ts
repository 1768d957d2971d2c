import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import type { Happening } from '../../../local/terminal/happening.ts'
import { lineOf } from '../../../local/terminal/lines.ts'

describe('the line that a person reads', () => {
  const due = '2026-11-23T12:34:56.789Z'
  const target = 'arn:aws:sns:us-east-1:000000000000:out'
  const line = (happening: Happening) => stripVTControlCharacters(lineOf(happening, new Date(0)))

  it('says who delivers an event that is accepted', () => {
    expect(line({ what: 'accepted', id: 'a', due, lane: 'far', target })).to.equal(
      `00:00:00.000Z  accepted    a  due ${due}  → out  parked until its minute comes up`,
    )
    for (const lane of ['near', 'soon', 'express'])
      expect(line({ what: 'accepted', id: 'a', due, lane, target })).to.match(/delivers it$/)
  })

  it('says what is meant by how late an event is delivered', () => {
    const delivered = { what: 'delivered', id: 'a', due, lateMs: 3, target, attempt: 1 }
    expect(line(delivered)).to.equal('00:00:00.000Z  delivered   a  → out  acknowledged by SNS 3 ms after due')
    expect(line({ ...delivered, payload: '"hi"' })).to.contain('a  "hi"  → out')
    expect(line({ ...delivered, attempt: 2 })).to.match(/, at attempt 2$/)
  })

  it('says why an event is rejected', () => {
    const rejected = { what: 'rejected', id: 'order-1', messageId: 'sns-1', code: 'DATE_INVALID', error: 'no date' }
    expect(line(rejected)).to.equal('00:00:00.000Z  rejected    order-1  DATE_INVALID: no date')
    expect(line({ ...rejected, id: undefined })).to.contain('rejected    sns-1  DATE_INVALID')
  })

  for (const [attempts, words] of [
    [1, '(1 attempt)'],
    [2, '(2 attempts)'],
  ] as const) {
    it(`says ${words} of an event that failed`, () => {
      expect(line({ what: 'failed', id: 'a', due, code: 'C', error: 'e', attempts })).to.contain(words)
    })
  }

  it('names the function that a warning or an error is of', () => {
    expect(line({ what: 'warn', function: 'fn', message: 'careful', times: 2 })).to.equal(
      '00:00:00.000Z  warn        fn: careful  times=2',
    )
  })

  it('holds nothing from outside that a terminal obeys', () => {
    const error = 'date "\u009b2J\u001b[31mFAKE\u202e\n" is none'
    for (const what of ['rejected', 'failed', 'warn', 'error', 'unheard of'])
      expect(line({ what, id: error, code: 'C', error, message: error })).to.not.match(/[\p{Cc}\p{Cf}]/u)
  })
})
