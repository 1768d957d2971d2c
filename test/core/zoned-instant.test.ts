import { expect } from 'chai'
import { isZone, zonedInstant } from '../../core/zoned-instant.ts'

const at = (local: string, zone: string, offset = '') => {
  const atMs = zonedInstant({ local: `${local}:00`, offset, zone })
  return atMs === undefined ? undefined : new Date(atMs).toISOString()
}

describe('local time in a zone', () => {
  it('is an instant by the offset that the zone has then', () => {
    expect(at('2027-06-01T12:00', 'Europe/Berlin')).to.equal('2027-06-01T10:00:00.000Z')
  })

  it('is shifted by as much as clocks skip, where they skip it', () => {
    expect(at('2027-03-14T02:30', 'America/New_York')).to.equal('2027-03-14T07:30:00.000Z')
  })

  it('is the first of two, where it comes twice', () => {
    expect(at('2027-11-07T01:30', 'America/New_York')).to.equal('2027-11-07T05:30:00.000Z')
  })

  it('is none in a zone that is not known, or with an offset that the zone does not have then', () => {
    expect(at('2027-06-01T12:00', 'Mars/Olympus_Mons')).to.equal(undefined)
    expect(at('2027-06-01T12:00', 'Europe/Berlin', '+01:00')).to.equal(undefined)
  })
})

describe('a time zone', () => {
  it('is known by its name in any case, by an alias, and by an offset', () => {
    for (const zone of ['Europe/Berlin', 'EUROPE/berlin', 'US/Pacific', 'UTC', '+05:30'])
      expect(isZone(zone)).to.equal(true)
  })

  it('is not known by anything else', () => {
    for (const zone of ['', 'Berlin', 'Europe/Berlin ', 'CEST', '+25:00']) expect(isZone(zone), zone).to.equal(false)
  })
})
