import type { ComponentChildren } from 'preact'
import { api, type SlotFacts } from './api.ts'
import { TableBehind } from './bars.tsx'
import { Machine } from './machine.tsx'
import { counted, LatenessFigures, Link, Problem, Scroll, Text, Time } from './parts.tsx'
import { clockTime, duration } from './settings.ts'
import { useKeptUp } from './use-kept-up.ts'

/** One slot: where its execution stands, its segments and their emitters, counts and lateness. */
export function SlotPage({ search }: { search: string }) {
  const name = new URLSearchParams(search).get('name') ?? ''
  const { value: slot, error } = useKeptUp(
    search,
    () => api.slot(name),
    (known) => (known?.settled ? 15_000 : 2_000),
  )
  return (
    <>
      <h1>
        Slot{' '}
        <span class="id">
          <Text of={name} />
        </span>
      </h1>
      <Problem error={error} />
      {slot ? <Standing slot={slot} /> : error === undefined && <p class="note">Looking …</p>}
    </>
  )
}

function Standing({ slot }: { slot: SlotFacts }) {
  const { events, pending, settlement, minuteMs, overdue } = slot
  const iso = (atMs: number) => new Date(atMs).toISOString()
  const list = `/events?${new URLSearchParams({ from: iso(minuteMs), to: iso(minuteMs + 60_000) })}`
  const figures = [
    ['events', events],
    ['pending', pending],
    ...(['delivered', 'failed', 'expired', 'cancelled', 'retrying', 'moved'] as const).map((kind) => [
      kind,
      settlement?.[kind] ?? 0,
    ]),
  ] as [string, number][]
  return (
    <>
      <p>
        The minute from <Time at={minuteMs} />. <Link to={list}>Events due in it</Link>
        {slot.runnerUrl !== undefined && (
          <>
            {' · '}
            <a href={slot.runnerUrl} target="_blank" rel="noreferrer">
              Its execution in the console of AWS
            </a>
          </>
        )}
      </p>
      {overdue.length > 0 && (
        <p class="verdict bad">
          {counted(overdue.length, 'event')} overdue: <Text of={overdue.slice(0, 10).join(', ')} />
        </p>
      )}
      <dl class="figures">
        {figures.map(([kind, count]) => (
          <div key={kind}>
            <dt>{kind}</dt>
            <dd>{count.toLocaleString('en')}</dd>
          </div>
        ))}
      </dl>
      <div class="columns slot">
        <section aria-labelledby="machine">
          <h2 id="machine">Where its runner stands</h2>
          <Machine slot={slot} />
          <p class="note">
            Execution {slot.runner} of deliver-slot{slot.runs > 1 ? `, opened ${slot.runs} times` : ''}. By what the
            table says, and of what leaves no trace, by the timetable.
          </p>
        </section>
        <div>
          <Segments slot={slot} />
          <Lateness slot={slot} />
        </div>
      </div>
    </>
  )
}

type Segment = NonNullable<SlotFacts['segments']>[number]

interface Column {
  head: string
  cell: (segment: Segment, slot: SlotFacts) => ComponentChildren
  isNumber?: boolean
}

/** What is told of a segment: its head stands above, and in a narrow window beside each cell. */
const COLUMNS: Column[] = [
  { head: 'Segment', cell: ({ index }) => index + 1 },
  { head: 'From', cell: ({ startMs }) => seconds(startMs) },
  { head: 'To', cell: ({ untilMs }) => seconds(untilMs) },
  { head: 'Emitter', cell: (segment, { nowMs }) => emitterOf({ ...segment, nowMs }) },
  { head: 'Done up to', cell: (segment, { settled }) => <Done segment={segment} isSettled={settled} /> },
  {
    head: 'Published',
    cell: ({ delivered, checkpoints }) => `${delivered.toLocaleString('en')} in ${counted(checkpoints, 'checkpoint')}`,
  },
  ...(['p50', 'p99', 'max'] as const).map(
    (head): Column => ({ head, cell: ({ latenessMs }) => msOf(latenessMs?.[head]), isNumber: true }),
  ),
]

function Segments({ slot }: { slot: SlotFacts }) {
  const { segments } = slot
  return (
    <section class="segments" aria-labelledby="segments">
      <h2 id="segments">Segments</h2>
      {segments === undefined ? (
        <p class="note">Not planned yet: 20 seconds before the minute its runner reads the slot and cuts it.</p>
      ) : (
        <Scroll label="Segments of the slot">
          <table>
            <thead>
              <tr>
                {COLUMNS.map(({ head }, i) => (
                  <th key={head} scope="col">
                    <span class={i === 0 ? 'hidden' : undefined}>{head}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {segments.map((segment) => (
                <tr key={segment.index}>
                  {COLUMNS.map(({ head, cell, isNumber }) => (
                    <td key={head} data-head={head} class={isNumber ? 'number' : undefined}>
                      {cell(segment, slot)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  )
}

/** How far its emitter has come. */
function Done({ segment: { index, startMs, untilMs, upToMs }, isSettled }: { segment: Segment; isSettled: boolean }) {
  return (
    <>
      {isSettled ? 'its end' : upToMs === undefined ? '–' : seconds(Math.min(upToMs, untilMs))}
      <progress
        max={untilMs - startMs}
        value={Math.max(0, (isSettled ? untilMs : (upToMs ?? startMs)) - startMs)}
        aria-label={`Segment ${index + 1} done`}
      />
    </>
  )
}

const msOf = (ms: number | undefined) => (ms === undefined ? '' : `${ms} ms`)

/** Minutes, seconds and milliseconds: a slot is a minute. */
const seconds = (atMs: number) => `${clockTime(atMs).slice(3)}:${new Date(atMs).toISOString().slice(17, 23)}`

function emitterOf({ emitters, untilMs, nowMs }: { emitters: number; untilMs: number; nowMs: number }): string {
  if (emitters === 0) return 'not woken yet'
  const state = nowMs < untilMs ? 'at work' : 'done'
  return emitters === 1 ? state : `${state}, after ${emitters - 1} others`
}

function Lateness({ slot: { settlement, express, settler, settledAtMs, settleAtMs } }: { slot: SlotFacts }) {
  const late = settlement?.latenessMs
  return (
    <section aria-labelledby="lateness">
      <h2 id="lateness">Lateness and settling</h2>
      {late === undefined ? <p class="note">Nothing has been delivered here yet.</p> : <LatenessFigures of={late} />}
      <p class="note">
        {settledAtMs === undefined ? (
          <>
            It may be settled from <Time at={settleAtMs} /> on.
          </>
        ) : (
          <>
            Settled <Time at={settledAtMs} />, {duration(Math.max(0, settledAtMs - settleAtMs))} after it could be at
            the earliest.
          </>
        )}
      </p>
      <TableBehind
        title="Delivered beside the segments"
        head={['Delivered beside the segments', 'Events', 'max ms']}
        rows={[
          ['by express, accepted just before they were due', express.delivered, express.latenessMs?.max ?? ''],
          ['by the settler, left by the others', settler.delivered, settler.latenessMs?.max ?? ''],
        ]}
      />
    </section>
  )
}
