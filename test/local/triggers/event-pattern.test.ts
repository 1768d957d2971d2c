import { expect } from 'chai'
import { matches, parsePattern } from '../../../local/triggers/event-pattern.ts'

describe('a local event pattern', () => {
  const pattern = parsePattern('{"source":["aws.states"],"detail":{"status":["FAILED","ABORTED"],"arn":["a"]}}')
  const event = { source: 'aws.states', other: 1, detail: { status: 'FAILED', arn: 'a' } }

  it('matches an event that has one of the values for every key', () => {
    expect(matches(pattern, event)).to.equal(true)
  })

  it('does not match another value, at any depth', () => {
    expect(matches(pattern, { ...event, source: 'mine' })).to.equal(false)
    expect(matches(pattern, { ...event, detail: { ...event.detail, status: 'SUCCEEDED' } })).to.equal(false)
  })

  it('does not match an event that lacks a key', () => {
    expect(matches(pattern, { source: 'aws.states' })).to.equal(false)
    expect(matches(pattern, { source: 'aws.states', detail: 'text' })).to.equal(false)
    expect(matches(pattern, { source: 'aws.states', detail: null })).to.equal(false)
  })

  it('matches a list that has one of the values', () => {
    expect(matches(parsePattern('{"resources":["x"]}'), { resources: ['y', 'x'] })).to.equal(true)
  })

  it('is refused when it filters by more than exact values', () => {
    expect(() => parsePattern('{"detail":{"name":[{"prefix":"a"}]}}')).to.throw('at .detail.name: the local stack')
    expect(() => parsePattern('{"source":"aws.states"}')).to.throw('must be in a list')
  })
})
