const ISO_8601 =
  /^(?<day>\d{4}-\d{2}-\d{2})(?:[Tt ](?<time>\d{2}:\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?(?<zone>[Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/

/** What a date looks like, for a JSON Schema: in other languages groups are named otherwise. */
export const INSTANT_PATTERN = ISO_8601.source.replaceAll(/\?<[a-z]+>/g, '?:')

/**
 * Reads an ISO 8601 date: with `Z`, with an offset, or with no zone, which means UTC. A missing time is midnight.
 * More than three fraction digits are rounded up, so that an event is never early.
 * @returns epoch ms, or undefined if `text` is not a date that exists
 */
export function parseInstant(text: string): number | undefined {
  const parts = ISO_8601.exec(text.trim())?.groups
  if (!parts) return undefined
  const local = `${parts.day}T${parts.time ?? '00:00'}:${parts.second ?? '00'}`
  const localMs = Date.parse(`${local}.000Z`)
  if (Number.isNaN(localMs) || new Date(localMs).toISOString().slice(0, 19) !== local) return undefined
  const offset = offsetMs(parts.zone ?? 'Z')
  return offset === undefined ? undefined : localMs - offset + fractionMs(parts.fraction ?? '')
}

/** Forms of ISO 8601 that are not read, each with what to write instead. */
const OTHER_FORMS: [RegExp, string][] = [
  [/^\d{4}-?W\d{2}(-?\d)?/, 'is a week date'],
  [/^\d{4}-?\d{3}(?!\d|-)/, 'is an ordinal date'],
  [/^\d{8}(T\d{2}(\d{2}){0,2})?/i, 'is written without separators'],
  [/^\d{4}-\d{2}-\d{2}[T ]24:00/i, 'is midnight at the end of a day, which is 00:00 of the next'],
  [/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:60/i, 'is a leap second, which POSIX time does not count'],
  [/^\d{4}-\d{2}-\d{2}[T ]\d{2}([.,Z+-]|$)/i, 'is without minutes'],
  [/^P|\//, 'is a duration or an interval'],
  [/^[+-]\d{5,}/, 'is outside the years 0 to 9999'],
]

/** Why `text` is not read as an instant: that such a date does not exist, or how it is written. */
export function whyNoInstant(text: string): string {
  const trimmed = text.trim()
  if (ISO_8601.test(trimmed) && !/T24|T\d\d:\d\d:60/i.test(trimmed.replace(' ', 'T')))
    return 'is not a date that exists'
  const [, form] = OTHER_FORMS.find(([pattern]) => pattern.test(trimmed)) ?? []
  return form ?? 'is not an ISO 8601 date'
}

/** Milliseconds of a second's fraction, rounded up. */
function fractionMs(digits: string): number {
  const whole = Number(digits.slice(0, 3).padEnd(3, '0'))
  return /[1-9]/.test(digits.slice(3)) ? whole + 1 : whole
}

function offsetMs(zone: string): number | undefined {
  if (zone.toUpperCase() === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', '') || '0')
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
