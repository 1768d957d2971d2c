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

function Segments({ slot: { segments, nowMs, settled } }: { slot: SlotFacts }) {
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
                {['', 'From', 'To', 'Emitter', 'Done up to', 'Published', 'p50', 'p99', 'max'].map((head) => (
                  <th key={head} scope="col">
                    {head || <span class="hidden">Segment</span>}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {segments.map(({ index, startMs, untilMs, emitters, upToMs, delivered, checkpoints, latenessMs }) => (
                <tr key={index}>
                  <td data-head="Segment">{index + 1}</td>
                  <td data-head="From">{seconds(startMs)}</td>
                  <td data-head="To">{seconds(untilMs)}</td>
                  <td data-head="Emitter">{emitterOf({ emitters, untilMs, nowMs })}</td>
                  <td data-head="Done up to">
                    {settled ? 'its end' : upToMs === undefined ? '–' : seconds(Math.min(upToMs, untilMs))}
                    <progress
                      max={untilMs - startMs}
                      value={Math.max(0, (settled ? untilMs : (upToMs ?? startMs)) - startMs)}
                      aria-label={`Segment ${index + 1} done`}
                    />
                  </td>
                  <td data-head="Published">
                    {delivered.toLocaleString('en')} in {counted(checkpoints, 'checkpoint')}
                  </td>
                  <td class="number" data-head="p50">
                    {msOf(latenessMs?.p50)}
                  </td>
                  <td class="number" data-head="p99">
                    {msOf(latenessMs?.p99)}
                  </td>
                  <td class="number" data-head="max">
                    {msOf(latenessMs?.max)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
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
