import { INSTANT_PATTERN, parseInstant, zoneOf } from './instant.ts'
import { show } from './show.ts'
import { isZone } from './zoned-instant.ts'

/** Ways to write a date that are not taken, and what to say of them. The first that fits counts. */
const OTHER_FORMS: readonly [pattern: RegExp, what: string][] = [
  [/\[.*=.*\]$|\]\[/, 'says more in brackets than a time zone: leave it out'],
  [/^\d{4}-?W\d{2}/i, 'is a week date: give month and day'],
  [/^\d{4}-?\d{3}(?!\d|-)/, 'is an ordinal date: give month and day'],
  [/^\d{4}-\d{2}-\d{2}[T ]24:00/i, 'is midnight at the end of a day: give 00:00 of the next day'],
  [/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:60/i, 'is a leap second: give second 59, or 00 of the next minute'],
  [/^\d{8}(T\d|$)/i, 'is in the basic format: give hyphens and colons'],
  [/^P|\//, 'is a duration or an interval: give a date'],
  [/^-?\d+(\.\d+)?$/, 'is a number: give a date'],
  [/^[+-]\d+-/, 'has a sign or more than four digits of year: give a year of four digits'],
  [/^\d{4}-\d{2}$/, 'is a month: give a day'],
  [/^\d{4}-\d{2}-\d{2}[T ]\d{2}(?!:?\d)/i, 'has hours alone: give minutes, too'],
  [/^\d{4}-\d{2}-\d{2}(Z|[+-]\d{2}:?\d{2})$/i, 'has a zone without a time: give the time'],
]

const TAKEN = new RegExp(INSTANT_PATTERN)

/** Why `parseInstant` does not take a text, and which form it takes. @returns a clause */
export function whyNoInstant(text: string): string {
  const trimmed = text.trim()
  // The slash of a zone is not that of an interval.
  const bare = trimmed.replace(/^([^[\]]*)\[[^[\]=]*\]$/, '$1')
  const [, what] = OTHER_FORMS.find(([pattern]) => pattern.test(bare)) ?? []
  const otherwise = TAKEN.test(trimmed)
    ? (whyNoZone(trimmed) ?? 'is not a date that exists')
    : 'is not an ISO 8601 date'
  return `${show(text)} ${what ?? otherwise}. Dates are taken as 2026-11-23, 2026-11-23T12:34Z, 2026-11-23T12:34:56.789+01:00 and 2026-11-23T12:34[Europe/Berlin]`
}

/** What is wrong with the time zone of a text that is written as a date is, unless that is something else. */
function whyNoZone(text: string): string | undefined {
  const { zone, offset } = zoneOf(text) ?? {}
  if (zone === undefined) return undefined
  if (!isZone(zone)) return `is in ${show(zone)}, which is no time zone: give one of IANA's, such as Europe/Berlin`
  if (!offset || parseInstant(text.replace(offset, '')) === undefined) return undefined
  return `has the offset ${offset}, which ${zone} does not have then: leave it out`
}
