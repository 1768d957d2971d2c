import type { PrintFlags } from '../flags.ts'

/** An instant, epoch ms, as people read it. */
export function showTime(
  atMs: number | undefined,
  { time, nowMs }: Pick<PrintFlags, 'time'> & { nowMs: number },
): string {
  if (atMs === undefined) return ''
  if (time === 'relative') return relative(atMs - nowMs)
  const date = new Date(atMs)
  if (time === 'iso') return date.toISOString()
  // The Swedish way of writing is that of ISO 8601, in the zone of the machine.
  return `${date.toLocaleString('sv-SE')}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

/** Two units at most, such as `in 1h 5m` or `3s 20ms ago`. */
function relative(deltaMs: number): string {
  let left = Math.abs(Math.round(deltaMs))
  if (left === 0) return 'now'
  const parts = UNITS.flatMap(([name, ms]) => {
    const count = Math.floor(left / ms)
    left -= count * ms
    return count > 0 ? [`${count}${name}`] : []
  })
  const shown = parts.slice(0, 2).join(' ')
  return deltaMs > 0 ? `in ${shown}` : `${shown} ago`
}
