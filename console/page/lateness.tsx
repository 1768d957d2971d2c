import { happened } from './live.ts'

/** Edges of the bars, ms: a logarithmic axis. */
const EDGES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 60_000, Number.POSITIVE_INFINITY]

/** Fewer deliveries than this say little. */
const FEW = 20

const WIDTH = 44
const HEIGHT = 72

/** How late what was delivered was, since the page was opened. */
export function Lateness() {
  const late = happened.value
    .flatMap((one) => (one.kind === 'delivery' ? [one.latenessMs] : []))
    .toSorted((a, b) => a - b)
  const counts = EDGES.map((edge, i) => late.filter((ms) => ms < edge && ms >= (EDGES[i - 1] ?? 0)).length)
  const most = Math.max(1, ...counts)
  const at = (share: number) => late[Math.min(late.length - 1, Math.floor(late.length * share))]
  const few = late.length < FEW
  const label = (i: number) => (EDGES[i] === Number.POSITIVE_INFINITY ? '≥ 60 s' : `< ${EDGES[i]}`)
  return (
    <section aria-labelledby="lateness">
      <h2 id="lateness">Lateness</h2>
      {late.length === 0 ? (
        <p class="note">Nothing was delivered since this page was opened.</p>
      ) : (
        <>
          <dl class={`figures${few ? ' few' : ''}`}>
            {(
              [
                ['p50', at(0.5)],
                ['p99', at(0.99)],
                ['max', late.at(-1)],
              ] as const
            ).map(([name, ms]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{ms} ms</dd>
              </div>
            ))}
          </dl>
          <p class="note">
            Of the last {late.length} deliveries{few ? ', which are few' : ''}; a bar for each range of milliseconds.
          </p>
          <div class="scroll">
            <svg
              width={EDGES.length * WIDTH}
              height={HEIGHT + 18}
              role="img"
              aria-label={`Lateness of the last ${late.length} deliveries: half within ${at(0.5)} ms, 99 % within ${at(0.99)} ms`}
            >
              {counts.map((count, i) => (
                <g key={EDGES[i]}>
                  <rect
                    class={`bar${few ? ' few' : ''}`}
                    x={i * WIDTH + 2}
                    width={WIDTH - 4}
                    y={HEIGHT - (count / most) * HEIGHT}
                    height={(count / most) * HEIGHT}
                  >
                    <title>{`${label(i)} ms: ${count}`}</title>
                  </rect>
                  <text class="tick" x={i * WIDTH + 2} y={HEIGHT + 14}>
                    {label(i)}
                  </text>
                </g>
              ))}
            </svg>
          </div>
        </>
      )}
    </section>
  )
}
