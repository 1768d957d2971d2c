import * as Calendar from 'temporal-polyfill/fns/Calendar'
import * as ZonedDateTime from 'temporal-polyfill/fns/ZonedDateTime'

/** A local time, a zone, and the offset that is said to hold there then, if one is. */
export interface ZonedTime {
  /** `2027-03-28T02:30:00`. */
  local: string
  /** `Z`, `+01`, `+0100`, `+01:00`, or nothing. */
  offset: string
  /** A name of the IANA time zone database, in any case, or an offset. */
  zone: string
}

/**
 * The instant of a local time in a zone. A time that clocks skip is shifted by what they skip; of one that comes twice
 * the first counts. Source: RFC 9557; TC39 Temporal, disambiguation `compatible`.
 * @returns epoch ms, or undefined if there is no such zone, or it does not have that offset then
 */
export function zonedInstant({ local, offset, zone }: ZonedTime): number | undefined {
  try {
    return ZonedDateTime.fromString(`${local}${offset}[${zone}]`, Calendar.getISO).epochMilliseconds
  } catch {
    return undefined
  }
}

/** Whether there is a time zone of that name. */
export function isZone(zone: string): boolean {
  return zonedInstant({ local: '2000-01-01T00:00:00', offset: '', zone }) !== undefined
}
