import { expect } from 'chai'
import { FAILURE_CODES, FAULT_CODES, isRetryable, REJECTION_CODES, SchedulerError } from '../../core/errors.ts'

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
