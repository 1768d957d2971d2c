import type { SlotStats } from '../../status/facts.ts'
import { follow } from './parts.tsx'
import { now, showTime } from './settings.ts'

const MINUTE_MS = 60_000
const CELL = 12
const HEIGHT = 64

/** Minutes and how many events are due in each: what is behind and what is to come, hot spots standing out. */
export function Strip({ slots }: { slots: readonly SlotStats[] }) {
  const counts = new Map<number, number>()
  for (const { minuteMs, events } of slots) counts.set(minuteMs, (counts.get(minuteMs) ?? 0) + events)
  const startMs = Math.floor(now.value / MINUTE_MS) * MINUTE_MS - 15 * MINUTE_MS
  const minutes = Array.from({ length: 76 }, (_, i) => startMs + i * MINUTE_MS)
  const most = Math.max(1, ...counts.values())
  const total = [...counts]
    .filter(([minuteMs]) => minuteMs >= startMs + 15 * MINUTE_MS)
    .reduce((sum, [, n]) => sum + n, 0)
  return (
    <section aria-labelledby="due">
      <h2 id="due">Due</h2>
      <p class="note">
        Each bar is a minute; the line is now. {total} events are due in the next hour. A click lists them.
      </p>
      <div class="scroll">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand in for a drawing. */}
        <svg
          width={minutes.length * CELL}
          height={HEIGHT + 18}
          role="group"
          aria-label={`Events by minute: ${total} due in the next hour, at most ${most} in a minute`}
        >
          {minutes.map((minuteMs, i) => {
            const count = counts.get(minuteMs) ?? 0
            const height = count === 0 ? 2 : Math.max(4, (Math.log1p(count) / Math.log1p(most)) * HEIGHT)
            const isPast = minuteMs + MINUTE_MS <= now.value
            return (
              <g key={minuteMs}>
                <a
                  href={`/console${listOf(minuteMs)}`}
                  tabIndex={count > 0 ? 0 : -1}
                  onClick={(event) => follow(event, listOf(minuteMs))}
                >
                  <rect
                    class={`minute${isPast ? ' past' : ''}${count > 0 ? ' full' : ''}`}
                    x={i * CELL + 1}
                    y={HEIGHT - height}
                    width={CELL - 2}
                    height={height}
                  >
                    <title>{`${showTime(minuteMs)}: ${count} events`}</title>
                  </rect>
                </a>
                {i % 15 === 0 && (
                  <text class="tick" x={i * CELL} y={HEIGHT + 14}>
                    {i === 15 ? 'now' : `${i < 15 ? '−' : '+'}${Math.abs(i - 15)} min`}
                  </text>
                )}
              </g>
            )
          })}
          <line
            class="now"
            x1={15 * CELL + ((now.value % MINUTE_MS) / MINUTE_MS) * CELL}
            x2={15 * CELL + ((now.value % MINUTE_MS) / MINUTE_MS) * CELL}
            y1={0}
            y2={HEIGHT}
          />
        </svg>
      </div>
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th>Minute</th>
              <th>Events</th>
            </tr>
          </thead>
          <tbody>
            {[...counts].map(([minuteMs, count]) => (
              <tr key={minuteMs}>
                <td>{showTime(minuteMs)}</td>
                <td>{count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  )
}

/** Where the events of a minute are listed. */
function listOf(minuteMs: number): string {
  const iso = (atMs: number) => new Date(atMs).toISOString()
  return `/events?${new URLSearchParams({ from: iso(minuteMs), to: iso(minuteMs + MINUTE_MS) })}`
}
