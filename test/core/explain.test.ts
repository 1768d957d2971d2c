import { expect } from 'chai'
import { explain } from '../../core/explain.ts'
import { requestSchema } from '../../core/request-schema.ts'
import { aMessage, topicArn } from '../support/builders.ts'

const RULES = { allowedTargets: ['arn:aws:sns:eu-west-1:123456789012:*'], enforceUser: true }
const fields = (changes: object = {}) => ({ action: 'schedule', ...JSON.parse(aMessage()), ...changes })
const explained = (changes: object, rules = RULES) => {
  const result = requestSchema(rules).safeParse(fields(changes))
  if (result.success) return undefined
  const { code, problems } = explain(result.error.issues)
  return { code, error: problems.join('; ') }
}

describe('the explanation of what is wrong', () => {
  it('has the code of the first field that is wrong, and names them all', () => {
    const { code, error } = explained({ date: 'soon', target: 'me', payload: 7 }) ?? {}
    expect(code).to.equal('DATE_INVALID')
    expect(error).to.match(/^date "soon" is not .*; target "me" is not .*; payload is 7: .*$/)
  })

  it('tells a target that is not allowed from one that is none', () => {
    expect(explained({ target: 'arn:aws:sns:us-east-1:123456789012:a' })).to.have.property('code', 'TARGET_NOT_ALLOWED')
    expect(explained({ target: 'a' })).to.have.property('code', 'TARGET_INVALID')
  })

  it('says of an empty failure topic nothing, and of a wrong one what is wrong with it', () => {
    expect(explained({ failure_topic: '' })).to.equal(undefined)
    expect(explained({ failure_topic: topicArn() })).to.equal(undefined)
    expect(explained({ failure_topic: 'here' })).to.deep.include({ code: 'FAILURE_TOPIC_INVALID' })
    expect(explained({ failure_topic: 'here' })?.error).to.include('failure_topic "here" is not the ARN')
  })

  it('names an action that there is not', () => {
    expect(explained({ action: 'forget' })).to.have.property('code', 'ACTION_INVALID')
  })
})
