import { useEffect, useRef } from 'preact/hooks'
import { follow, Heads, Scroll } from './parts.tsx'

/** A span of time and how many events are due in it. */
export interface Bar {
  atMs: number
  count: number
  /** What it says when it is pointed at. */
  title: string
  /** Where its events are listed. */
  to: string
  isPast?: boolean
  /** Stands below it. */
  tick?: string | undefined
}

const HEIGHT = 64

/** Bars of a strip, on a logarithmic scale: one event is seen beside thousands, and hot spots stand out. */
export function Bars(props: { bars: readonly Bar[]; width: number; label: string; nowAt?: number }) {
  const { bars, width, label, nowAt } = props
  const most = Math.max(1, ...bars.map(({ count }) => count))
  const sorted = bars.flatMap(({ count }) => (count > 0 ? [count] : [])).toSorted((a, b) => a - b)
  /** Twice as much as the median, and not little. */
  const hot = Math.max(10, 2 * (sorted[Math.floor(sorted.length / 2)] ?? 0))
  const drawing = useRef<SVGSVGElement>(null)
  // Where not all fits, now is seen, and what is to come.
  useEffect(() => {
    const frame = drawing.current?.parentElement
    if (frame && nowAt !== undefined) frame.scrollLeft = nowAt * width - frame.clientWidth / 4
  }, [])
  const hottest = bars.findIndex(({ count }) => count === most)
  return (
    <Scroll label={label}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset groups nothing in a drawing */}
      <svg ref={drawing} width={bars.length * width} height={HEIGHT + 34} role="group" aria-label={label}>
        {bars.map(({ atMs, count, title, to, isPast, tick }, i) => {
          const height = count === 0 ? 2 : Math.max(5, (Math.log1p(count) / Math.log1p(most)) * HEIGHT)
          const kind = count === 0 ? '' : isPast ? 'past full' : count >= hot ? 'full hot' : 'full'
          const rect = (
            <rect class={`minute ${kind}`} x={i * width + 1} y={HEIGHT + 16 - height} width={width - 2} height={height}>
              <title>{title}</title>
            </rect>
          )
          return (
            <g key={atMs}>
              {count === 0 ? (
                rect
              ) : (
                <a href={`/console${to}`} aria-label={title} onClick={(event) => follow(event, to)}>
                  {rect}
                </a>
              )}
              {i === hottest && count > 0 && (
                <text
                  class="tick"
                  x={i * width + width / 2}
                  y={12}
                  text-anchor={i < 3 ? 'start' : i > bars.length - 4 ? 'end' : 'middle'}
                >
                  {count.toLocaleString('en')}
                </text>
              )}
              {tick !== undefined && i < bars.length - 2 && (
                <text class="tick" x={i * width + 1} y={HEIGHT + 31}>
                  {tick}
                </text>
              )}
            </g>
          )
        })}
        {nowAt !== undefined && <line class="now" x1={nowAt * width} x2={nowAt * width} y1={14} y2={HEIGHT + 16} />}
      </svg>
    </Scroll>
  )
}

/** What a chart shows, for those who read. */
export function TableBehind(props: { head: string[]; rows: (string | number)[][]; title?: string }) {
  const { head, rows, title = 'As a table' } = props
  return (
    <details>
      <summary>{title}</summary>
      <Scroll label={head.join(', ')}>
        <table>
          <thead>
            <tr>
              <Heads of={head} />
            </tr>
          </thead>
          <tbody>
            {rows.map((cells) => (
              <tr key={cells[0]}>
                {cells.map((cell, i) => (
                  <td key={head[i]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  )
}
