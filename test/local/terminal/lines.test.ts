import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import type { LogLevel } from '../../../local/lambda/messages.ts'
import { linesOf } from '../../../local/terminal/lines.ts'

describe('what the local stack prints', () => {
  const due = '2026-11-23T12:34:56.789Z'
  const target = 'arn:aws:sns:us-east-1:000000000000:out'
  const lines = (level: LogLevel, record: Record<string, unknown>) =>
    linesOf(level, record, 'fn', new Date(0)).map(stripVTControlCharacters)

  it('is a line for an event that is accepted', () => {
    expect(lines('debug', { message: 'accepted', id: 'a', due, lane: 'express', target })).to.deep.equal([
      `00:00:00.000Z  accepted    a  due ${due}  express  → out`,
    ])
  })

  it('is a line with its lateness for an event that is delivered', () => {
    const record = { message: 'delivered', id: 'a', due, lateMs: 3, target, attempt: 1 }
    expect(lines('debug', record)).to.deep.equal(['00:00:00.000Z  delivered   a  +3 ms  → out'])
    expect(lines('debug', { ...record, attempt: 2 })[0]).to.contain('attempt 2')
  })

  it('is a line with the reason for an event that is rejected', () => {
    const record = { message: 'rejected', code: 'DATE_INVALID', error: 'no date' }
    expect(lines('info', record)).to.deep.equal(['00:00:00.000Z  rejected    DATE_INVALID: no date'])
  })

  it('is a line for every warning and error of a function', () => {
    expect(lines('warn', { message: 'careful', times: 2 })).to.deep.equal([
      '00:00:00.000Z  warn        fn: careful  times=2',
    ])
  })

  it('is nothing for the rest', () => {
    expect(lines('info', { message: 'swept', slots: 3 })).to.deep.equal([])
  })
})
