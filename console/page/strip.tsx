import type { Front } from './api.ts'
import { type Bar, Bars, TableBehind } from './bars.tsx'
import { counted } from './parts.tsx'
import { clockTime, now, showTime } from './settings.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const BEHIND = 15
const AHEAD = 60

/** Minutes and hours, and how many events are due in each: what is behind and what is to come, hot spots standing out. */
export function Strip({ front: { slots, hours, isCounted } }: { front: Front }) {
  const counts = new Map<number, number>()
  for (const { minuteMs, events } of slots) counts.set(minuteMs, (counts.get(minuteMs) ?? 0) + events)
  const minuteMs = Math.floor(now.value / MINUTE_MS) * MINUTE_MS
  const minutes = Array.from({ length: BEHIND + AHEAD + 1 }, (_, i): Bar => {
    const atMs = minuteMs + (i - BEHIND) * MINUTE_MS
    const count = counts.get(atMs) ?? 0
    const isRound = (atMs / MINUTE_MS) % 15 === 0
    return {
      atMs,
      count,
      title: `${showTime(atMs)}: ${counted(count, 'event')}`,
      to: listOf(atMs, MINUTE_MS),
      isPast: atMs + MINUTE_MS <= now.value,
      tick: isRound ? clockTime(atMs) : undefined,
    }
  })
  const total = minutes.reduce((sum, { atMs, count }) => (atMs >= minuteMs ? sum + count : sum), 0)
  const hourly = (hours ?? []).map(
    ({ hourMs, events }): Bar => ({
      atMs: hourMs,
      count: events,
      title: `${showTime(hourMs)}, the hour: ${counted(events, 'event')}`,
      to: listOf(hourMs, HOUR_MS),
      tick: (hourMs / HOUR_MS) % 3 === 0 ? clockTime(hourMs) : undefined,
    }),
  )
  return (
    <section aria-labelledby="due">
      <h2 id="due">Due</h2>
      <p class="note">
        {counted(total, 'event')} in the next hour{isCounted ? '' : ', as far as they are counted yet'}. Each bar is a
        minute, its height logarithmic, the line is now; a click lists its events.
      </p>
      <Bars
        bars={minutes}
        width={14}
        label={`Events by minute: ${total} due in the next hour`}
        nowAt={BEHIND + (now.value % MINUTE_MS) / MINUTE_MS}
      />
      {hourly.some(({ count }) => count > 0) && (
        <>
          <p class="note">Each bar is one of the hours after that.</p>
          <Bars bars={hourly} width={22} label="Events by hour, until in a day" />
        </>
      )}
      <TableBehind
        head={['From', 'Events']}
        rows={[...minutes, ...hourly]
          .filter(({ count }) => count > 0)
          .map(({ atMs, count }) => [showTime(atMs), count])}
      />
    </section>
  )
}

/** Where the events of a span are listed. */
function listOf(fromMs: number, lengthMs: number): string {
  const iso = (atMs: number) => new Date(atMs).toISOString()
  return `/events?${new URLSearchParams({ from: iso(fromMs), to: iso(fromMs + lengthMs) })}`
}
