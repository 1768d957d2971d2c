import { expect } from 'chai'
import { requestSchema } from '../../core/request-schema.ts'
import { aMessage } from '../support/builders.ts'

const RULES = { allowedTargets: ['arn:aws:sns:eu-west-1:123456789012:*'], enforceUser: true }
const fields = (changes: object = {}) => ({ action: 'schedule', ...JSON.parse(aMessage()), ...changes })

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
