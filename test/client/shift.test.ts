import { expect } from 'chai'
import { fixed, shifted } from '../../client/shift.ts'
import { MINUTE_MS } from '../support/builders.ts'

describe('where events are moved', () => {
  it('is one date for all', () => {
    expect(fixed({ to: { in: '1h' } }, MINUTE_MS)).to.deep.equal({ toMs: MINUTE_MS + 3_600_000 })
    expect(fixed({ to: '2026-11-23T12:34[UTC]' }, 0)).to.deep.equal({ toMs: MINUTE_MS })
    expect(shifted(5, { toMs: MINUTE_MS })).to.equal(MINUTE_MS)
  })

  it('is as much for each, later or earlier', () => {
    expect(fixed({ by: '1h' }, MINUTE_MS)).to.deep.equal({ byMs: 3_600_000 })
    expect(fixed({ by: '-90s' }, MINUTE_MS)).to.deep.equal({ byMs: -90_000 })
    expect(shifted(MINUTE_MS, { byMs: -90_000 })).to.equal(MINUTE_MS - 90_000)
  })

  for (const [what, shift, sentence] of [
    ['a date that is none', { to: 'soon' }, 'to "soon" is not an ISO 8601 date'],
    ['no date', { to: undefined }, 'to is undefined: give a date'],
    ['a duration that is none', { by: 'an hour' }, '"an hour" is not a duration'],
    ['nothing', {}, 'to is undefined: give a date'],
  ] as const)
    it(`is refused as ${what}`, () => {
      expect(() => fixed(shift as { to: string }, MINUTE_MS))
        .to.throw(sentence)
        .with.property('code', 'DATE_INVALID')
    })
})
