import { expect } from 'chai'
import { namedSpanOf, spanOf, statusesOf } from '../../client/span.ts'
import { MINUTE_MS } from '../support/builders.ts'

const HOUR_MS = 3_600_000
const span = (filter: Parameters<typeof spanOf>[0]) => {
  const { fromMs, toMs } = spanOf(filter, MINUTE_MS)
  return [fromMs - MINUTE_MS, toMs - MINUTE_MS].map((ms) => ms / HOUR_MS)
}

describe('the span of a filter', () => {
  it('is from an hour ago until in a day, where nothing is said', () => {
    expect(span({})).to.deep.equal([-1, 24])
  })

  it('is a day from its beginning, or until its end, where one is said', () => {
    expect(span({ from: { in: '2h' } })).to.deep.equal([2, 26])
    expect(span({ to: MINUTE_MS + 2 * HOUR_MS })).to.deep.equal([-22, 2])
  })

  it('is what is said, in any form', () => {
    expect(span({ from: '2026-11-23T11:34Z', to: '2026-11-23T14:34[Europe/Berlin]' })).to.deep.equal([-1, 1])
    expect(span({ from: MINUTE_MS, to: MINUTE_MS })).to.deep.equal([0, 0])
  })

  it('does not end before it begins', () => {
    expect(() => spanOf({ from: MINUTE_MS + 1, to: MINUTE_MS }, 0))
      .to.throw('from 2026-11-23T12:34:00.001Z is after to 2026-11-23T12:34:00.000Z: give them the other way round.')
      .with.property('code', 'FILTER_INVALID')
  })

  it('is told which of its dates is none', () => {
    expect(() => spanOf({ to: 'soon' }, 0)).to.throw('to "soon" is not an ISO 8601 date')
  })

  it('may have to be said', () => {
    expect(namedSpanOf({ from: 0, to: 1 }, MINUTE_MS)).to.deep.equal({ fromMs: 0, toMs: 1 })
    expect(() => namedSpanOf({ to: 1 }, 0)).to.throw('from is missing: say of which events, by when they are due.')
    expect(() => namedSpanOf({ from: 1 }, 0)).to.throw('to is missing')
  })
})

describe('the statuses of a filter', () => {
  it('are any where nothing is said, one, or several', () => {
    expect(statusesOf({})).to.equal(undefined)
    expect(statusesOf({ status: 'failed' })).to.deep.equal(['failed'])
    expect(statusesOf({ status: ['failed', 'expired'] })).to.deep.equal(['failed', 'expired'])
  })

  it('are those that there are', () => {
    expect(() => statusesOf({ status: 'late' as never }))
      .to.throw('status is "late": give one of unknown, pending, retrying, delivered')
      .with.property('code', 'FILTER_INVALID')
  })
})
