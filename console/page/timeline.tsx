import type { ComponentChildren } from 'preact'
import {
  EMITTER_LEAD_MS,
  EXPRESS_LEAD_MS,
  PLAN_LEAD_MS,
  READ_AHEAD_MS,
  SLOT_MS,
  SWEEP_AHEAD_MS,
} from '../../core/timetable.ts'
import type { EventFacts } from './api.ts'
import { addressOfSlot, Link, Text, Time } from './parts.tsx'
import { duration, now } from './settings.ts'

/** A point of the timeline. */
interface Point {
  atMs: number
  what: ComponentChildren
  kind: 'good' | 'bad' | 'done' | 'planned'
}

/** What happened to an event, in the order of time, and what lay between. */
export function Timeline({ facts }: { facts: EventFacts }) {
  const points = [...written(facts), ...byTimetable(facts)]
    .toSorted((one, other) => one.atMs - other.atMs)
    .filter(({ atMs, kind }) => kind !== 'planned' || facts.endedAtMs === undefined || atMs < facts.endedAtMs)
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <ol class="timeline">
        {points.map(({ atMs, what, kind }, i) => {
          const sinceMs = i === 0 ? 0 : atMs - (points[i - 1] as Point).atMs
          return (
            <li key={`${atMs} ${i}`} class={`${kind}${atMs > now.value ? ' ahead' : ''}`}>
              {sinceMs > 0 && <div class="between">{duration(sinceMs)}</div>}
              <div class="what">
                <Time at={atMs} /> {what}
              </div>
            </li>
          )
        })}
      </ol>
      <p class="note">Filled marks are written down; hollow ones are by the timetable, or to come.</p>
    </section>
  )
}

const LANES: Record<string, string> = {
  far: 'parked; the loader opens its slot when the time comes',
  near: 'parked, and its slot opened, if it was not',
  soon: 'parked, and announced to the emitter at work',
  express: 'parked, and handed to an express delivery',
}

/** What the table says. */
function written(facts: EventFacts): Point[] {
  const { acceptedAtMs, lane = '', dueAtMs, attempts, nextAtMs, deliveredAtMs, lateMs, endedAtMs } = facts
  const isGood = facts.status === 'cancelled'
  return [
    ...at(acceptedAtMs, 'done', `accepted, lane ${lane}: ${LANES[lane] ?? 'parked'}`),
    ...at(dueAtMs, 'done', <strong>due</strong>),
    ...attempts.flatMap(({ attempt, atMs, code, error }) =>
      at(
        atMs,
        'bad',
        <>
          attempt {attempt}: {code ?? 'put off'} <Text of={error} />
        </>,
      ),
    ),
    ...at(nextAtMs, 'planned', 'next attempt'),
    ...at(deliveredAtMs, 'good', <strong>published, {lateMs} ms late</strong>),
    ...at(
      endedAtMs,
      isGood ? 'done' : 'bad',
      <>
        {facts.status}
        {facts.reason === undefined ? '' : ': '}
        <Text of={facts.reason} />
      </>,
    ),
  ]
}

/** What leaves no trace of its own: when its slot is opened and planned, and the emitter wakes. */
function byTimetable({ dueAtMs, lane, slot, acceptedAtMs = 0 }: EventFacts): Point[] {
  if (lane === 'express')
    return at(Math.max(acceptedAtMs, dueAtMs - EXPRESS_LEAD_MS), 'planned', 'express delivery wakes')
  const minuteMs = Math.floor(dueAtMs / SLOT_MS) * SLOT_MS
  const link = <Link to={addressOfSlot(slot)}>slot</Link>
  const points: [number, ComponentChildren][] = [
    ...(lane === 'far' ? [[minuteMs - SWEEP_AHEAD_MS, <>{link} opened by then</>] as [number, ComponentChildren]] : []),
    [minuteMs - PLAN_LEAD_MS, <>{link} planned</>],
    [minuteMs - EMITTER_LEAD_MS, 'emitter wakes, for the first segment'],
    [dueAtMs - READ_AHEAD_MS, 'emitter has read it, and holds it'],
  ]
  // A slot that was at work when the event came in was not opened for it.
  return points.flatMap(([atMs, what]) => (atMs > acceptedAtMs ? at(atMs, 'planned', what) : []))
}

function at(atMs: number | undefined, kind: Point['kind'], what: ComponentChildren): Point[] {
  return atMs === undefined ? [] : [{ atMs, kind, what }]
}
