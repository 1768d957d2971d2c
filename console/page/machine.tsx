import type { SlotFacts } from './api.ts'
import { Scroll } from './parts.tsx'
import { showTime } from './settings.ts'

const WIDTH = 308
const LEFT = 3
const BOX = { width: 206, height: 38 }

type State = SlotFacts['state']

/** The states of `deliver-slot` in their order, and what a person calls them. */
const STATES: { state: Exclude<State, 'ahead'>; what: string; y: number; height?: number }[] = [
  { state: 'WaitForSlot', what: 'waits for the minute', y: 10 },
  { state: 'Plan', what: 'cuts the slot into segments', y: 74 },
  { state: 'Deliver', what: 'an emitter for each segment', y: 138, height: 118 },
  { state: 'WaitToSettle', what: 'waits for the last publishes', y: 282 },
  { state: 'Settle', what: 'holds every event to account', y: 346 },
  { state: 'Done', what: 'every event is accounted for', y: 434 },
]
const ORDER: readonly State[] = ['ahead', ...STATES.map(({ state }) => state)]

/** The graph of the state machine, and where the slot's runner stands in it. */
export function Machine({ slot }: { slot: SlotFacts }) {
  const here = ORDER.indexOf(slot.state)
  const label =
    slot.state === 'ahead'
      ? 'The runner has not been started yet'
      : `The runner stands at ${slot.state}, of ${ORDER.slice(1).join(', ')}`
  return (
    <Scroll label="The state machine">
      <svg class="machine" width={WIDTH} height={484} role="img" aria-label={label}>
        <Arrows />
        {STATES.map(({ state, what, y, height = BOX.height }) => {
          const place = ORDER.indexOf(state)
          const kind = place === here ? 'here' : place < here || slot.settled ? 'past' : 'ahead'
          return (
            <g key={state} class={`state ${slot.settled && state === 'Done' ? 'here past' : kind}`}>
              <rect x={LEFT} y={y} width={BOX.width} height={height} rx={6} />
              <text class="name" x={LEFT + 12} y={y + 17}>
                {kind === 'here' && state !== 'Done' ? '▶ ' : kind === 'past' || slot.settled ? '✓ ' : ''}
                {state}
              </text>
              <text class="what" x={LEFT + 12} y={y + 31}>
                {what}
              </text>
              <text class="when" x={LEFT + BOX.width + 8} y={state === 'Settle' ? y + 14 : y + 24}>
                {whenOf(state, slot)}
              </text>
            </g>
          )
        })}
        <Segments slot={slot} />
        <g class="choice">
          <text class="what" x={LEFT + 118} y={414}>
            settled?
          </text>
          <text class="what" x={LEFT + BOX.width + 8} y={414}>
            no: waits
          </text>
        </g>
      </svg>
    </Scroll>
  )
}

/** Steps downwards, and the way back of a slot that is not settled yet. */
function Arrows() {
  const x = LEFT + BOX.width / 2
  const right = LEFT + BOX.width
  return (
    <g class="arrows">
      {STATES.slice(1).map(({ state, y }, i) => {
        const { y: from, height = BOX.height } = STATES[i] as (typeof STATES)[number]
        return <path key={state} d={`M${x} ${from + height} V${y - 2} m-4 -6 l4 6 l4 -6`} />
      })}
      <path d={`M${x} 402 H${right + 78} V373 H${right + 3} m6 -4 l-6 4 l6 4`} />
    </g>
  )
}

/** Most segments that are drawn one by one. */
const DRAWN = 40

/** A bar for each segment: how much of it is done. */
function Segments({ slot: { segments = [], minuteMs, nowMs, settled } }: { slot: SlotFacts }) {
  const [x, y, width] = [LEFT + 12, 182, BOX.width - 24]
  const height = 62 / Math.max(1, segments.length)
  const at = (atMs: number) => x + (Math.min(60_000, Math.max(0, atMs - minuteMs)) / 60_000) * width
  return (
    <g class="segments">
      {segments.slice(0, DRAWN).map(({ index, startMs, untilMs, upToMs = startMs, emitters, delivered }, i) => (
        <g key={index}>
          <rect
            class={emitters > 0 ? 'taken' : 'free'}
            x={at(startMs)}
            width={Math.max(1, at(untilMs) - at(startMs))}
            y={y + i * height}
            height={Math.max(1, height - 1)}
          >
            <title>{`Segment ${index + 1}: ${delivered} published${emitters > 0 ? '' : ', no emitter yet'}`}</title>
          </rect>
          <rect
            class="done"
            x={at(startMs)}
            width={Math.max(0, at(settled ? untilMs : Math.min(upToMs, untilMs)) - at(startMs))}
            y={y + i * height}
            height={Math.max(1, height - 1)}
          />
        </g>
      ))}
      {segments.length > 0 && nowMs > minuteMs && nowMs < minuteMs + 60_000 && (
        <line class="now" x1={at(nowMs)} x2={at(nowMs)} y1={y - 2} y2={y + segments.length * height + 2} />
      )}
      {segments.length === 0 && (
        <text class="what" x={x} y={y + 12}>
          no segments yet
        </text>
      )}
    </g>
  )
}

function whenOf(state: State, { wakeAtMs, minuteMs, settleAtMs, settledAtMs }: SlotFacts): string {
  const when: Partial<Record<State, number | undefined>> = {
    Plan: wakeAtMs,
    Deliver: minuteMs,
    Settle: settleAtMs,
    Done: settledAtMs,
  }
  return showTime(when[state]).replace(/^\d{4}-\d\d-\d\d |\.\d{3}Z?$/g, '')
}
