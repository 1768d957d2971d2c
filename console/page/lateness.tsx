import type { Front } from './api.ts'
import { TableBehind } from './bars.tsx'
import { lately } from './live.ts'
import { Heads, LatenessFigures, Scroll } from './parts.tsx'
import { quantilesOf } from './quantiles.ts'
import { clockTime } from './settings.ts'

/** Edges of the bars, ms: a logarithmic axis. */
const EDGES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 60_000, Number.POSITIVE_INFINITY]
const NAMES = ['0', '1', '2', '5', '10', '20', '50', '100', '200', '500', '1 s', '5 s', '60 s']

/** Fewer deliveries than this say little. */
const FEW = 20

const WIDTH = 40
const HEIGHT = 72

/** How late what was delivered was: of the last five minutes as it is heard, and minute by minute as it was settled. */
export function Lateness({ slots }: Pick<Front, 'slots'>) {
  const { count, p50, p99, max, counts } = quantilesOf(lately.value, EDGES)
  const isFew = count < FEW
  return (
    <section aria-labelledby="lateness">
      <h2 id="lateness">Lateness, last 5 min</h2>
      {count === 0 ? (
        <p class="note">Nothing was delivered in the last five minutes while a console was looking.</p>
      ) : (
        <>
          <LatenessFigures of={{ p50, p99, max }} isFew={isFew} />
          <p class="note">
            Of {count.toLocaleString('en')} deliveries, as SNS took them{isFew ? '; so few say little' : ''}.
          </p>
          <Histogram
            counts={counts}
            isFew={isFew}
            label={`Lateness of ${count} deliveries: half within ${p50} ms, 99 % within ${p99} ms`}
          />
          <TableBehind
            head={['Late from, ms', 'Deliveries']}
            rows={counts.map((n, i) => [NAMES[i] as string, n] as [string, number]).filter(([, n]) => n > 0)}
          />
        </>
      )}
      <ByMinute slots={slots} />
    </section>
  )
}

function Histogram({ counts, isFew, label }: { counts: readonly number[]; isFew: boolean; label: string }) {
  const most = Math.max(1, ...counts)
  return (
    <Scroll label="Histogram of lateness">
      <svg width={EDGES.length * WIDTH} height={HEIGHT + 34} role="img" aria-label={label}>
        {counts.map((count, i) => {
          const height = count === 0 ? 0 : Math.max(2, (count / most) * HEIGHT)
          return (
            <g key={NAMES[i]}>
              <rect
                class={isFew ? 'bar few' : 'bar'}
                x={i * WIDTH + 2}
                width={WIDTH - 4}
                y={HEIGHT + 14 - height}
                height={height}
              >
                <title>{`from ${NAMES[i]} ms: ${count}`}</title>
              </rect>
              {count > 0 && (
                <text class="tick" x={i * WIDTH + WIDTH / 2} y={HEIGHT + 10 - height} text-anchor="middle">
                  {count}
                </text>
              )}
              <text class="tick" x={i * WIDTH + 2} y={HEIGHT + 30}>
                {i === 0 ? '0 ms' : NAMES[i]}
              </text>
            </g>
          )
        })}
        <line class="axis" x1={0} x2={EDGES.length * WIDTH} y1={HEIGHT + 14.5} y2={HEIGHT + 14.5} />
      </svg>
    </Scroll>
  )
}

function ByMinute({ slots }: Pick<Front, 'slots'>) {
  const rows = slots.flatMap(({ minuteMs, slot, settlement }) =>
    settlement?.latenessMs ? [{ slot, minuteMs, delivered: settlement.delivered, ...settlement.latenessMs }] : [],
  )
  if (rows.length === 0) return null
  return (
    <details>
      <summary>Minute by minute</summary>
      <table>
        <thead>
          <tr>
            <Heads of={['Minute', 'Delivered', 'p50', 'p99', 'max']} />
          </tr>
        </thead>
        <tbody>
          {rows.toReversed().map(({ slot, minuteMs, delivered, p50, p99, max }) => (
            <tr key={slot} class={delivered < FEW ? 'few' : undefined}>
              <td>{clockTime(minuteMs)}</td>
              <td>{delivered}</td>
              <td>{p50} ms</td>
              <td>{p99} ms</td>
              <td>{max} ms</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
