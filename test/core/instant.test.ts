import { expect } from 'chai'
import { INSTANT_PATTERN, parseInstant, zoneOf } from '../../core/instant.ts'

const iso = (text: string) => {
  const atMs = parseInstant(text)
  return atMs === undefined ? undefined : new Date(atMs).toISOString()
}

describe('reading a date', () => {
  for (const [text, expected] of [
    ['2026-11-23T12:34:56.789Z', '2026-11-23T12:34:56.789Z'],
    ['2026-11-23T12:34:56.789z', '2026-11-23T12:34:56.789Z'],
    ['2026-11-23t12:34:56Z', '2026-11-23T12:34:56.000Z'],
    ['2026-11-23 12:34:56Z', '2026-11-23T12:34:56.000Z'],
    ['2026-11-23T12:34:56', '2026-11-23T12:34:56.000Z'],
    ['2026-11-23T12:34Z', '2026-11-23T12:34:00.000Z'],
    ['2026-11-23T12:34', '2026-11-23T12:34:00.000Z'],
    ['2026-11-23', '2026-11-23T00:00:00.000Z'],
    ['2026-11-23T12:34:56.7Z', '2026-11-23T12:34:56.700Z'],
    ['2026-11-23T12:34:56,78Z', '2026-11-23T12:34:56.780Z'],
    ['  2026-11-23T12:34:56Z\n', '2026-11-23T12:34:56.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ] as const)
    it(`takes ${JSON.stringify(text)}`, () => {
      expect(iso(text)).to.equal(expected)
    })

  for (const [text, expected] of [
    ['2026-11-23T12:34:56+02:00', '2026-11-23T10:34:56.000Z'],
    ['2026-11-23T12:34:56-0530', '2026-11-23T18:04:56.000Z'],
    ['2026-11-23T12:34:56+01', '2026-11-23T11:34:56.000Z'],
    ['2026-11-23T12:34+05:45', '2026-11-23T06:49:00.000Z'],
    ['2026-11-23T12:34:56+23:59', '2026-11-22T12:35:56.000Z'],
    ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000Z'],
    ['2026-11-23T12:34:56-00:00', '2026-11-23T12:34:56.000Z'],
  ] as const)
    it(`counts the offset of ${text}`, () => {
      expect(iso(text)).to.equal(expected)
    })

  for (const [text, expected, why] of [
    ['2027-06-01T12:00[Europe/Berlin]', '2027-06-01T10:00:00.000Z', 'in summer'],
    ['2027-12-01T12:00[Europe/Berlin]', '2027-12-01T11:00:00.000Z', 'in winter'],
    [
      '2027-03-28T01:59:59.999[Europe/Berlin]',
      '2027-03-28T00:59:59.999Z',
      'the last millisecond before clocks skip an hour',
    ],
    ['2027-03-28T02:00[Europe/Berlin]', '2027-03-28T01:00:00.000Z', 'skipped, so shifted by the hour that is skipped'],
    ['2027-03-28T02:30[Europe/Berlin]', '2027-03-28T01:30:00.000Z', 'skipped, so shifted by the hour that is skipped'],
    ['2027-03-28T03:00[Europe/Berlin]', '2027-03-28T01:00:00.000Z', 'the first that there is again'],
    ['2027-10-31T02:30[Europe/Berlin]', '2027-10-31T00:30:00.000Z', 'twice, so the first'],
    ['2027-10-31T02:30+02:00[Europe/Berlin]', '2027-10-31T00:30:00.000Z', 'twice, and the first is meant'],
    ['2027-10-31T02:30+01:00[Europe/Berlin]', '2027-10-31T01:30:00.000Z', 'twice, and the second is meant'],
    ['2027-10-31T00:30Z[Europe/Berlin]', '2027-10-31T00:30:00.000Z', 'UTC, whatever the zone'],
    ['2027-10-31 02:30:01,5+0100[europe/berlin]', '2027-10-31T01:30:01.500Z', 'in other spellings'],
    ['2027-06-01[America/New_York]', '2027-06-01T04:00:00.000Z', 'a day, so its midnight'],
    ['2026-03-29[Asia/Beirut]', '2026-03-28T22:00:00.000Z', 'a day whose midnight clocks skip, so its first instant'],
    ['2027-04-03T23:45[Australia/Lord_Howe]', '2027-04-03T12:45:00.000Z', 'where clocks change by half an hour'],
    ['2027-01-01T00:00[Asia/Kathmandu]', '2026-12-31T18:15:00.000Z', 'a zone of quarter hours'],
    ['2027-01-01T00:00[!UTC]', '2027-01-01T00:00:00.000Z', 'a zone that is critical'],
    ['2027-01-01T00:00[+05:30]', '2026-12-31T18:30:00.000Z', 'a zone that is an offset'],
    [
      '2027-06-01T12:00:00.0000001[Europe/Berlin]',
      '2027-06-01T10:00:00.001Z',
      'finer than a millisecond, so rounded up',
    ],
  ] as const)
    it(`takes local time with its zone: ${text}, ${why}`, () => {
      expect(iso(text)).to.equal(expected)
    })

  for (const text of [
    '2027-06-01T12:00[Europe/Nowhere]',
    '2027-06-01T12:00+01:00[Europe/Berlin]',
    '2027-06-01T12:00[]',
    '2027-06-01T12:00[Europe/Berlin][UTC]',
    '2027-06-01T12:00[u-ca=hebrew]',
    '2027-02-30T12:00[Europe/Berlin]',
    '[Europe/Berlin]',
  ])
    it(`does not take ${text}`, () => {
      expect(parseInstant(text)).to.equal(undefined)
    })

  it('takes a date without zone for UTC, as the ancestor’s clients send it', () => {
    expect(iso('2019-07-27T12:20:24.919071')).to.equal('2019-07-27T12:20:24.920Z')
  })

  for (const [text, expected] of [
    ['2026-11-23T12:34:56.1230Z', '2026-11-23T12:34:56.123Z'],
    ['2026-11-23T12:34:56.1230001Z', '2026-11-23T12:34:56.124Z'],
    ['2026-11-23T12:34:56.000000001Z', '2026-11-23T12:34:56.001Z'],
    ['2026-12-31T23:59:59.9990001Z', '2027-01-01T00:00:00.000Z'],
  ] as const)
    it(`rounds ${text} up, so that it is never early`, () => {
      expect(iso(text)).to.equal(expected)
    })

  for (const text of [
    '2026-02-30T00:00:00Z',
    '2026-02-29',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-11-00T00:00:00Z',
    '2026-11-23T24:00:00Z',
    '2026-11-23T25:00:00Z',
    '2026-11-23T12:60:00Z',
    '2026-11-23T12:34:60Z',
    '2026-11-23T12:34:56+24:00',
    '2026-11-23T12:34:56+02:60',
  ])
    it(`does not take ${text}, which does not exist`, () => {
      expect(parseInstant(text)).to.equal(undefined)
    })

  for (const text of [
    '',
    'tomorrow',
    '1764000000000',
    '2026-11-23T12',
    '2026-1-2',
    '2026-11-23Z',
    '20261123T123456Z',
    '2026-11-23T12:34:56.Z',
    '2026-11-23T12:34:56Z; drop',
    '+012026-11-23T00:00:00Z',
    'Mon, 23 Nov 2026 12:34:56 GMT',
  ])
    it(`does not take ${JSON.stringify(text)}, which is another notation`, () => {
      expect(parseInstant(text)).to.equal(undefined)
    })
})

describe('the zone of a date', () => {
  it('is the one that it names, with its offset', () => {
    const [date, zone] = ['2027-03-28T02:30', 'Europe/Berlin']
    expect(zoneOf(` ${date}+01:00[${zone}]\n`)).to.deep.equal({ zone, offset: '+01:00' })
    expect(zoneOf(`${date}[${zone}]`)).to.deep.equal({ zone, offset: '' })
  })

  it('is none of one that names none, or of what is not written as a date is', () => {
    for (const text of ['2027-03-28T02:30+01:00', 'tomorrow [Europe/Berlin]']) expect(zoneOf(text)).to.equal(undefined)
  })
})

describe('the pattern of a date, for other languages', () => {
  it('fits a date and nothing else', () => {
    expect('2026-11-23T12:34:56.789+01:00').to.match(new RegExp(INSTANT_PATTERN))
    expect('2026-11-23T12:34:56.789+01:00.').to.not.match(new RegExp(INSTANT_PATTERN))
  })

  it('has no groups, whose names each language writes in its own way', () => {
    expect(new RegExp(INSTANT_PATTERN).exec('2026-11-23T12:34:56.789+01:00')).to.have.length(1)
    expect(INSTANT_PATTERN).to.not.include('?<')
  })
})
