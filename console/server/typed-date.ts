import { durationMs, type When } from '../../client/when.ts'

/** A date as it is typed: `now`, `in 10 s` from now on, `10 s ago` back from it. */
export function whenOf(text: string, nowMs = Number.NaN): When {
  if (/^\s*now\s*$/i.test(text)) return { in: '0s' }
  const { duration } = /^\s*in\s*:?\s*(?<duration>.+)$/i.exec(text)?.groups ?? {}
  if (duration !== undefined) return { in: duration }
  const { since } = /^\s*(?<since>.+)\s+ago\s*$/i.exec(text)?.groups ?? {}
  return since === undefined ? text : nowMs - durationMs(since)
}
