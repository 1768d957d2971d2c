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
  const offset = offsetMs(parts.zone ?? '')
  return offset === undefined ? undefined : localMs - offset + fractionMs(parts.fraction ?? '')
}

/** Milliseconds of a second's fraction, rounded up. */
function fractionMs(digits: string): number {
  const whole = Number(digits.slice(0, 3).padEnd(3, '0'))
  return /[1-9]/.test(digits.slice(3)) ? whole + 1 : whole
}

/** Milliseconds that a zone is ahead of UTC; undefined if there is none such. `Z` and no zone are UTC itself. */
function offsetMs(zone: string): number | undefined {
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', ''))
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
