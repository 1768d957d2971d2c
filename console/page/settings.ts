import { effect, signal } from '@preact/signals'

/** How times are shown: from now, in the zone of the browser, in UTC, or in any zone. */
export const zone = signal(localStorage.getItem('zone') ?? 'local')
export const theme = signal(localStorage.getItem('theme') ?? 'system')

/** The time of the server, epoch ms, as far as it is known. */
export const now = signal(Date.now())

effect(() => localStorage.setItem('zone', zone.value))
effect(() => {
  localStorage.setItem('theme', theme.value)
  document.documentElement.dataset.theme = theme.value
})
setInterval(() => {
  if (!document.hidden) now.value = Date.now()
}, 1_000)

/** An instant for people. */
export function showTime(atMs: number | undefined): string {
  if (atMs === undefined) return ''
  if (zone.value === 'relative') return relative(atMs - now.value)
  if (zone.value === 'UTC') return new Date(atMs).toISOString().replace('T', ' ')
  const timeZone = zone.value === 'local' ? undefined : zone.value
  const text = new Date(atMs).toLocaleString('sv-SE', timeZone === undefined ? {} : { timeZone })
  return `${text}.${String(atMs % 1_000).padStart(3, '0')}`
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

function relative(deltaMs: number): string {
  const size = Math.abs(deltaMs)
  if (size < 1_000) return 'now'
  let left = size
  const parts = UNITS.flatMap(([name, ms]) => {
    const count = Math.floor(left / ms)
    left -= count * ms
    return count > 0 ? [`${count} ${name}`] : []
  })
  const shown = parts.slice(0, 2).join(' ')
  return deltaMs > 0 ? `in ${shown}` : `${shown} ago`
}
