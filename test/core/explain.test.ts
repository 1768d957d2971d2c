import { expect } from 'chai'
import * as z from 'zod'
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

  for (const [field, code] of [
    ['date', 'DATE_INVALID'],
    ['latest', 'LATEST_INVALID'],
    ['target', 'TARGET_INVALID'],
    ['user', 'USER_MISSING'],
    ['payload', 'PAYLOAD_INVALID'],
    ['id', 'ID_INVALID'],
    ['failure_topic', 'FAILURE_TOPIC_INVALID'],
    ['action', 'ACTION_INVALID'],
  ])
    it(`has the code ${code} for a ${field} that is a list`, () => {
      expect(explained({ [field as string]: [] })).to.have.property('code', code)
    })

  it('has the code DATE_INVALID for a new_date that is a list', () => {
    expect(explained({ action: 'reschedule', id: 'a', new_date: [] })).to.have.property('code', 'DATE_INVALID')
  })

  it('has the code of the message where no field of it is to blame', () => {
    expect(explain([])).to.deep.equal({ code: 'MESSAGE_INVALID', problems: [] })
    for (const schema of [z.string(), z.object({ colour: z.string() })])
      expect(explain(schema.safeParse({}).error?.issues ?? [])).to.have.property('code', 'MESSAGE_INVALID')
  })

  it('names what lies within a field by its way there', () => {
    const schema = z.object({ user: z.object({ name: z.string('is missing') }) })
    expect(explain(schema.safeParse({ user: {} }).error?.issues ?? []).problems).to.deep.equal(['user.name is missing'])
  })

  it('says of a field that may be several things what the last of them wants', () => {
    const schema = z.object({ id: z.union([z.literal('a'), z.literal('b'), z.number('is no number')]) })
    expect(explain(schema.safeParse({ id: 'c' }).error?.issues ?? []).problems).to.deep.equal(['id is no number'])
  })
})
