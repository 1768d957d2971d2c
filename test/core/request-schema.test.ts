import { expect } from 'chai'
import { explain, requestSchema, show } from '../../core/request-schema.ts'
import { aMessage, topicArn } from '../support/builders.ts'

const RULES = { allowedTargets: ['arn:aws:sns:eu-west-1:123456789012:*'], enforceUser: true }
const fields = (changes: object = {}) => ({ action: 'schedule', ...JSON.parse(aMessage()), ...changes })
const explained = (changes: object, rules = RULES) => {
  const result = requestSchema(rules).safeParse(fields(changes))
  return result.success ? undefined : explain(result.error.issues)
}

describe('the schema of a request', () => {
  it('takes the three actions', () => {
    const schema = requestSchema(RULES)
    for (const action of ['schedule', 'cancel', 'reschedule'])
      expect(schema.safeParse(fields({ action, id: 'a', new_date: '2026-11-24T00:00Z' })).success, action).to.equal(
        true,
      )
  })

  it('reads a date as its text and its instant', () => {
    const date = '2026-11-23T12:34:56.789+01:00'
    const { date: read } = requestSchema(RULES).parse(fields({ date }))
    expect(read).to.deep.equal({ text: date, atMs: Date.parse(date) })
  })

  it('reads a user that is no string as JSON, where none is enforced', () => {
    const schema = requestSchema({ ...RULES, enforceUser: false })
    expect(schema.parse(fields({ user: { team: 'a' } }))).to.include({ user: '{"team":"a"}' })
    expect(schema.parse(fields({ user: undefined }))).to.include({ user: undefined })
  })
})

describe('the explanation of what is wrong', () => {
  it('has the code of the first field that is wrong, and names them all', () => {
    const { code, error } = explained({ date: 'soon', target: 'me', payload: 7 }) ?? {}
    expect(code).to.equal('DATE_INVALID')
    expect(error).to.match(/^date "soon" is not .*; target "me" is not .*; payload is 7: .*\.$/)
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

describe('a value in a sentence', () => {
  it('is quoted as in JSON', () => {
    expect(show('a "b"')).to.equal('"a \\"b\\""')
    expect(show([1, null])).to.equal('[1,null]')
    expect(show(undefined)).to.equal('undefined')
  })

  it('is whole at 120 characters, and cut above', () => {
    expect(show('x'.repeat(118))).to.have.length(120)
    expect(show('x'.repeat(119)))
      .to.have.length(121)
      .and.match(/…$/)
  })
})
