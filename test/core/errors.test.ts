import { expect } from 'chai'
import {
  FAILURE_CODES,
  FAULT_CODES,
  isRetryable,
  REJECTION_CODES,
  SchedulerError,
  unlessUnreadable,
} from '../../core/errors.ts'

describe('the codes', () => {
  it('are each of one kind only: a rejection, a failure or a fault', () => {
    const all = [...REJECTION_CODES, ...FAILURE_CODES, ...FAULT_CODES]
    expect(new Set(all).size).to.equal(all.length)
  })

  it('are words in capitals, so that people can search for them', () => {
    for (const code of [...REJECTION_CODES, ...FAILURE_CODES, ...FAULT_CODES])
      expect(code).to.match(/^[A-Z]+(_[A-Z]+)*$/)
  })

  it('promise another attempt for a target that is unavailable, and for no other failure', () => {
    expect(FAILURE_CODES.filter(isRetryable)).to.deep.equal(['TARGET_UNAVAILABLE'])
  })
})

describe('a fault of the scheduler', () => {
  it('is an error with a code, a sentence and the cause', () => {
    const cause = new Error('throttled')
    const fault = new SchedulerError('TABLE_UNAVAILABLE', 'Could not park events.', { cause })
    expect(fault).to.be.instanceOf(Error)
    expect(fault).to.include({ name: 'SchedulerError', code: 'TABLE_UNAVAILABLE', message: 'Could not park events.' })
    expect(fault.cause).to.equal(cause)
  })

  it('says its name and its sentence where it is written as text, as in the log', () => {
    expect(String(new SchedulerError('INPUT_INVALID', 'A sentence.'))).to.equal('SchedulerError: A sentence.')
  })
})

describe('whoever goes on without what cannot be read', () => {
  it('takes it for nothing', () => {
    expect(unlessUnreadable(new SchedulerError('ITEM_UNREADABLE', 'A sentence.'))).to.equal(undefined)
  })

  it('does not go on after any other fault, be it of the same code, but not the scheduler’s', () => {
    const strange = Object.assign(new Error('strange'), { code: 'ITEM_UNREADABLE' })
    for (const fault of [new SchedulerError('TABLE_UNAVAILABLE', 'A sentence.'), strange])
      expect(() => unlessUnreadable(fault)).to.throw(fault.message)
  })
})
