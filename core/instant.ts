import { zonedInstant } from './zoned-instant.ts'

/** Date, time, offset, and a time zone in brackets. Source: ISO 8601; RFC 9557, section 4.1. */
const ISO_8601 =
  /^(?<day>\d{4}-\d{2}-\d{2})(?:[Tt ](?<time>\d{2}:\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?(?<offset>[Zz]|[+-]\d{2}(?::?\d{2})?)?)?(?:\[!?(?<zone>[A-Za-z0-9_+\-/:]+)\])?$/

/** What a date looks like, for a JSON Schema: in other languages groups are named otherwise. */
export const INSTANT_PATTERN = ISO_8601.source.replaceAll(/\?<[a-z]+>/g, '?:')

/**
 * Reads an ISO 8601 date: with `Z`, with an offset, in a time zone, or with neither, which means UTC. A missing time is
 * midnight. More than three fraction digits are rounded up, so that an event is never early.
 * @returns epoch ms, or undefined if `text` is not a date that exists
 */
export function parseInstant(text: string): number | undefined {
  const parts = ISO_8601.exec(text.trim())?.groups
  if (!parts) return undefined
  const { day, time = '00:00', second = '00', fraction = '', offset = '', zone } = parts
  const local = `${day}T${time}:${second}`
  const localMs = Date.parse(`${local}.000Z`)
  if (Number.isNaN(localMs) || new Date(localMs).toISOString().slice(0, 19) !== local) return undefined
  const aheadMs = offsetMs(offset)
  if (aheadMs === undefined) return undefined
  const atMs = zone === undefined ? localMs - aheadMs : zonedInstant({ local, offset, zone })
  return atMs === undefined ? undefined : atMs + fractionMs(fraction)
}

/** The zone that a date names in brackets, if it is written as a date is. */
export function zoneOf(text: string): { zone: string; offset: string } | undefined {
  const { zone, offset = '' } = ISO_8601.exec(text.trim())?.groups ?? {}
  return zone === undefined ? undefined : { zone, offset }
}

/** Milliseconds of a second's fraction, rounded up. */
function fractionMs(digits: string): number {
  const whole = Number(digits.slice(0, 3).padEnd(3, '0'))
  return /[1-9]/.test(digits.slice(3)) ? whole + 1 : whole
}

/** Milliseconds that an offset is ahead of UTC; undefined if there is none such. `Z` and none are UTC itself. */
function offsetMs(offset: string): number | undefined {
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(3).replace(':', ''))
  if (hours > 23 || minutes > 59) return undefined
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
