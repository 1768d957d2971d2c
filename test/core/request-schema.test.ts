import { expect } from 'chai'
import { isId, requestSchema } from '../../core/request-schema.ts'
import { aMessage } from '../support/builders.ts'

const RULES = { allowedTargets: ['arn:aws:sns:eu-west-1:123456789012:*'], enforceUser: true }
const fields = (changes: object = {}) => ({ action: 'schedule', ...JSON.parse(aMessage()), ...changes })

const problems = (changes: object, rules = RULES) =>
  requestSchema(rules)
    .safeParse(fields(changes))
    .error?.issues.map(({ message }) => message) ?? []

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

  it('says of a field that is missing what it must be', () => {
    const wanted = (field: string) => problems({ [field]: undefined })[0]
    expect(wanted('date')).to.equal('is missing: it must be an ISO 8601 date, such as 2026-11-23T12:34:56.789Z')
    expect(wanted('target')).to.equal('is missing: it must be the ARN of an SNS topic')
    expect(wanted('user')).to.equal('is missing: it must be a string that says how to reach you')
    expect(wanted('payload')).to.match(/^is missing: it must be a string \(encode objects/)
  })

  it('says which targets are allowed', () => {
    const target = 'arn:aws:sns:eu-west-1:999999999999:topic'
    expect(problems({ target }, { ...RULES, allowedTargets: ['arn:a', 'arn:b'] })[0]).to.equal(
      `"${target}" is not among this stack's allowedTargets (arn:a, arn:b)`,
    )
  })

  it('has ids that are texts', () => {
    expect(['a', 'A-Z_0'].map(isId)).to.deep.equal([true, true])
    expect([7, ['a'], null, undefined, 'a b'].map(isId)).to.deep.equal([false, false, false, false, false])
  })
})
