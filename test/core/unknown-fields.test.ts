import { expect } from 'chai'
import { wrongFields } from '../../core/unknown-fields.ts'

describe('the names of a message’s fields', () => {
  const meant = (name: string) => /did you mean (\w+)/.exec(wrongFields([name], 'schedule')[0] ?? '')?.[1]

  it('may be those of its action', () => {
    expect(
      wrongFields(['action', 'date', 'target', 'user', 'payload', 'failure_topic', 'id', 'latest'], 'schedule'),
    ).to.deep.equal([])
    expect(
      wrongFields(['action', 'id', 'date', 'new_date', 'payload', 'target', 'user', 'failure_topic'], 'reschedule'),
    ).to.deep.equal([])
    expect(wrongFields(['action', 'id', 'date', 'user'], 'cancel')).to.deep.equal([])
  })

  it('may be the client’s own', () => {
    expect(wrongFields(['trace', 'note', 'ids', 'tenant', 'version', 'x', 'datum'], 'schedule')).to.deep.equal([])
  })

  for (const [name, field] of [
    ['failureTopic', 'failure_topic'],
    ['Payload', 'payload'],
    ['paylaod', 'payload'],
    ['targt', 'target'],
    ['dates', 'date'],
    ['newDate', 'new_date'],
    ['ID', 'id'],
  ] as const)
    it(`may not be ${name}, which is nearly ${field}`, () => expect(meant(name)).to.equal(field))

  it('may not be those of another action', () => {
    expect(wrongFields(['new_date'], 'schedule')[0]).to.match(/^new_date belongs to the action reschedule/)
    expect(wrongFields(['latest'], 'reschedule')[0]).to.match(/^latest belongs to the action schedule/)
    for (const field of ['payload', 'target'])
      expect(wrongFields([field], 'cancel')).to.deep.equal([
        `${field} belongs to the action schedule or reschedule, and this is a cancel: leave it out, or name that action`,
      ])
  })
})
