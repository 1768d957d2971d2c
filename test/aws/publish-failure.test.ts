import { expect } from 'chai'
import { failureOf, failureOfEntry } from '../../aws/publish-failure.ts'
import { awsError } from '../support/aws-client.ts'

describe('why SNS has not taken a message', () => {
  it('is told by the name of an error, with what it said', () => {
    expect(failureOf(awsError('NotFoundException', 'no topic'))).to.deep.equal({
      ok: false,
      code: 'TARGET_NOT_FOUND',
      error: 'NotFoundException: no topic',
    })
  })

  it('passes, as far as is known, where the error has another name', () => {
    expect(failureOf('gone')).to.deep.equal({ ok: false, code: 'TARGET_UNAVAILABLE', error: 'Unknown: gone' })
  })

  it('is told by the code of an entry of a batch', () => {
    const failure = failureOfEntry({ Id: '0', Code: 'AccessDenied', Message: 'you may not', SenderFault: true })
    expect(failure).to.deep.equal({ ok: false, code: 'TARGET_DENIED', error: 'AccessDenied: you may not' })
  })

  it('is the sender’s where an entry says so, and passes where it does not, or is of throttling', () => {
    const codeOf = (Code: string, SenderFault: boolean) => failureOfEntry({ Id: '0', Code, SenderFault }).code
    expect(codeOf('Odd', true)).to.equal('TARGET_REFUSED')
    expect(codeOf('Odd', false)).to.equal('TARGET_UNAVAILABLE')
    expect(codeOf('Throttling', true)).to.equal('TARGET_UNAVAILABLE')
  })
})
