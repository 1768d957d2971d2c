import { expect } from 'chai'
import { durationMs, toDate } from '../../client/when.ts'
import { parseInstant } from '../../core/instant.ts'
import { MINUTE_MS } from '../support/builders.ts'

const NOW = '2026-11-23T12:34:00.000Z'
const of = (when: unknown) => toDate(when, MINUTE_MS)

describe('an instant as a client gives it', () => {
  it('is a Date', () => {
    expect(of(new Date(NOW))).to.equal(NOW)
  })

  it('is epoch ms, and what is finer is rounded up, so that nothing is early', () => {
    expect(of(MINUTE_MS)).to.equal(NOW)
    expect(of(MINUTE_MS + 0.001)).to.equal('2026-11-23T12:34:00.001Z')
  })

  for (const [text, atMs] of [
    ['250ms', 250],
    ['1s', 1_000],
    ['1.5s', 1_500],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1d 12h', 129_600_000],
    ['2w', 1_209_600_000],
    ['0s', 0],
    ['0.1ms', 1],
  ] as const)
    it(`is so far from now: ${text}`, () => {
      expect(parseInstant(String(of({ in: text })))).to.equal(MINUTE_MS + atMs)
    })

  for (const text of ['', '10', 'm', '-5m', '10 minutes', '10M', '1h,30m', 'PT10M', 10, undefined, null])
    it(`is refused as a duration: ${JSON.stringify(text)}`, () => {
      expect(() => of({ in: text }))
        .to.throw(`${text === undefined ? 'undefined' : JSON.stringify(text)} is not a duration: give one such as 10m`)
        .with.property('code', 'DATE_INVALID')
    })

  it('is a text, which stays as it is: the schema reads it', () => {
    for (const text of ['2027-03-28T02:30[Europe/Berlin]', '2026-11-23', 'soon']) expect(of(text)).to.equal(text)
  })

  it('stays as it is where it is none: the schema says what is wrong', () => {
    for (const value of [undefined, null, true, {}, []]) expect(of(value)).to.equal(value)
    expect(of(new Date('soon'))).to.equal('NaN')
    expect(of(Number.POSITIVE_INFINITY)).to.equal('Infinity')
    expect(of(1e30)).to.equal('1e+30')
  })
})

describe('a duration', () => {
  it('is the sum of its parts, ms', () => {
    expect(durationMs('1w1d1h1m1s1ms')).to.equal(604_800_000 + 86_400_000 + 3_600_000 + 60_000 + 1_001)
  })
})
