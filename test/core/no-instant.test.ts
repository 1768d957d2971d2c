import { expect } from 'chai'
import { parseInstant } from '../../core/instant.ts'
import { whyNoInstant } from '../../core/no-instant.ts'

describe('a date in a form that is not taken', () => {
  for (const [text, what] of [
    ['2027-W10-3', 'is a week date: give month and day'],
    ['2027W103', 'is a week date: give month and day'],
    ['2027-060', 'is an ordinal date: give month and day'],
    ['2027060', 'is an ordinal date: give month and day'],
    ['2027-060T12:00Z', 'is an ordinal date: give month and day'],
    ['2026-11-23T24:00:00Z', 'is midnight at the end of a day: give 00:00 of the next day'],
    ['2026-11-23t24:00', 'is midnight at the end of a day: give 00:00 of the next day'],
    ['2026-12-31T23:59:60Z', 'is a leap second: give second 59, or 00 of the next minute'],
    ['20270301T100000Z', 'is in the basic format: give hyphens and colons'],
    ['20270301', 'is in the basic format: give hyphens and colons'],
    ['P1D', 'is a duration or an interval: give a date'],
    ['2026-11-23/2026-11-24', 'is a duration or an interval: give a date'],
    ['1764000000', 'is a number: give a date'],
    ['1764000000000', 'is a number: give a date'],
    ['+012026-11-23T00:00:00Z', 'has a sign or more than four digits of year: give a year of four digits'],
    [
      '2027-03-28T02:30[Europe/Berlinn]',
      'is in "Europe/Berlinn", which is no time zone: give one of IANA\'s, such as Europe/Berlin',
    ],
    [
      '2027-03-28T02:30+05:00[Europe/Berlin]',
      'has the offset +05:00, which Europe/Berlin does not have then: leave it out',
    ],
    ['2027-02-30T02:30+05:00[Europe/Berlin]', 'is not a date that exists'],
    ['2027-02-30T02:30[Europe/Berlin]', 'is not a date that exists'],
    ['2027-03-28T24:00[Europe/Berlin]', 'is midnight at the end of a day: give 00:00 of the next day'],
    ['2027-03-28T02:30[u-ca=hebrew]', 'says more in brackets than a time zone: leave it out'],
    ['2027-03-28T02:30[Europe/Berlin][u-ca=hebrew]', 'says more in brackets than a time zone: leave it out'],
    ['2027-03-28T02:30[Europe/Berlin][UTC]', 'says more in brackets than a time zone: leave it out'],
    ['2027-W10-3[Europe/Berlin]', 'is a week date: give month and day'],
    ['2027-03-28T02:30 Europe/Berlin', 'is a duration or an interval: give a date'],
    ['2026-11', 'is a month: give a day'],
    ['2026-11-23T12', 'has hours alone: give minutes, too'],
    ['2026-11-23T12Z', 'has hours alone: give minutes, too'],
    ['2026-11-23Z', 'has a zone without a time: give the time'],
    ['2026-02-30', 'is not a date that exists'],
    ['2026-11-23T25:00:00Z', 'is not a date that exists'],
    ['2026-11-23T12:34:56+24:00', 'is not a date that exists'],
    ['soon', 'is not an ISO 8601 date'],
    ['2026-1-2', 'is not an ISO 8601 date'],
    ['Mon, 23 Nov 2026 12:34:56 GMT', 'is not an ISO 8601 date'],
    ['', 'is not an ISO 8601 date'],
    ['  20270301\n', 'is in the basic format: give hyphens and colons'],
    ['1764000000.25', 'is a number: give a date'],
    ['2026-11-23+01:00', 'has a zone without a time: give the time'],
    ['2026-11-23-0530', 'has a zone without a time: give the time'],
    ['2026-11-23Zulu', 'is not an ISO 8601 date'],
    ['2026-11-23T1234Z', 'is not an ISO 8601 date'],
    ['2027-W1', 'is not an ISO 8601 date'],
    ['12026-11', 'is not an ISO 8601 date'],
    ['3 PM', 'is not an ISO 8601 date'],
    ['[UTC] soon', 'is not an ISO 8601 date'],
    ['on 2027-W10-3', 'is not an ISO 8601 date'],
    ['on 2026-11-23T24:00:00Z', 'is not an ISO 8601 date'],
    ['on 2026-12-31T23:59:60Z', 'is not an ISO 8601 date'],
    ['on 2026-11-23T12', 'is not an ISO 8601 date'],
    ['on 2026-11-23Z', 'is not an ISO 8601 date'],
  ] as const)
    it(`is told what it is: ${JSON.stringify(text)} ${what}`, () => {
      expect(parseInstant(text)).to.equal(undefined)
      expect(whyNoInstant(text)).to.match(/^"[^"]*" (is|has|says) /)
      expect(whyNoInstant(text)).to.contain(`${JSON.stringify(text)} ${what}. Dates are taken as `)
    })

  it('is told forms that are taken', () => {
    const [, forms = ''] = whyNoInstant('soon').split('taken as ')
    const taken = forms.split(/, | and /)
    expect(taken).to.have.length(4)
    for (const form of taken) expect(parseInstant(form), form).to.be.a('number')
  })
})
