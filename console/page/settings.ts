import { effect, signal } from '@preact/signals'

/** All zones that the browser knows. */
export const ZONES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('timeZone'))

/** How times are shown: from now, in the zone of the browser, in UTC, or in any zone. */
export const zone = signal(localStorage.getItem('zone') ?? 'local')
export const theme = signal(localStorage.getItem('theme') ?? 'system')

/** Epoch ms, a second fine. */
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
  return zone.value === 'relative' ? relative(atMs - now.value) : absolute(atMs)
}

/** The same to the millisecond, in the zone that is chosen, whether times are shown from now or not. */
export function absolute(atMs: number): string {
  if (zone.value === 'UTC') return new Date(atMs).toISOString().replace('T', ' ')
  const { value } = zone
  // An address or a storage may name a zone that there is not.
  const timeZone = ZONES.has(value) ? { timeZone: value } : {}
  return `${formatOf(timeZone).format(atMs)}.${String(atMs % 1_000).padStart(3, '0')}`
}

/** As `showTime`, without the date where that is today's. */
export function shortTime(atMs: number): string {
  const text = showTime(atMs)
  const today = absolute(now.value).slice(0, 11)
  return text.startsWith(today) ? text.slice(today.length) : text
}

/** Hours and minutes. */
export function clockTime(atMs: number): string {
  return absolute(atMs).slice(11, 16)
}

/** Making one takes longer than using it a hundred times. */
const formats = new Map<string, Intl.DateTimeFormat>()
function formatOf({ timeZone }: { timeZone?: string }): Intl.DateTimeFormat {
  const name = timeZone ?? ''
  const format =
    formats.get(name) ??
    new Intl.DateTimeFormat('sv-SE', {
      dateStyle: 'short',
      timeStyle: 'medium',
      ...(timeZone === undefined ? {} : { timeZone }),
    })
  formats.set(name, format)
  return format
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** How long until then, or since. */
export function relative(deltaMs: number): string {
  if (Math.abs(deltaMs) < 1_000) return 'now'
  const shown = duration(Math.abs(deltaMs))
  return deltaMs > 0 ? `in ${shown}` : `${shown} ago`
}

/** A while, in its two largest units. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`
  let left = ms
  const parts = UNITS.flatMap(([name, size]) => {
    const count = Math.floor(left / size)
    left -= count * size
    return count > 0 ? [`${count} ${name}`] : []
  })
  return parts.slice(0, 2).join(' ')
}
