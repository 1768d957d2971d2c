import { api, type Front } from './api.ts'
import { Lateness } from './lateness.tsx'
import { happened, hasHappened } from './live.ts'
import { addressOf, addressOfSlot, counted, Link, Problem, Text, Time } from './parts.tsx'
import { duration, now } from './settings.ts'
import { Strip } from './strip.tsx'
import { useKeptUp } from './use-kept-up.ts'

/** Is it healthy, what is due next, what went wrong. */
export function FrontPage() {
  // What is not counted yet is asked for again soon, at once where nothing is known.
  const { value: front, error } = useKeptUp('front', api.front, (known) =>
    known?.isCounted !== false ? 2_000 : known.slots.length > 0 ? 500 : 100,
  )
  if (!front) return error === undefined ? <p class="note">Looking …</p> : <Problem error={error} />
  const { isCounted, slots, next, failures } = front
  const isKnown = isCounted && next !== undefined && failures !== undefined
  // Not of what happens itself: the whole page would be drawn again with each happening.
  const isSomething = hasHappened.value || slots.length + (next?.length ?? 0) + (failures?.length ?? 0) > 0
  return (
    <>
      <h1>How it stands</h1>
      <Problem error={error} />
      {isSomething ? <Standing front={front} /> : isKnown ? <Empty /> : <p class="note">Looking …</p>}
    </>
  )
}

function Empty() {
  return (
    <section class="empty">
      <h2>Nothing yet</h2>
      <p>No event is due in the next month, none was in the last quarter of an hour. Schedule a first one:</p>
      <pre>npx aws-scheduler schedule --local --date in:10s --payload hello</pre>
      <p>
        <Link to="/schedule">or do it here</Link>
      </p>
    </section>
  )
}

/** Slots that ended so long ago should be settled. */
const SETTLED_AFTER_MS = 120_000

function Standing({ front }: { front: Front }) {
  const { slots, next, failures } = front
  return (
    <>
      <Verdict front={front} />
      <Counters front={front} />
      <Strip front={front} />
      <div class="columns">
        <div>
          <Lateness slots={slots} />
          <Next next={next} />
        </div>
        <div>
          <Happened />
          <Failures failures={failures} />
        </div>
      </div>
    </>
  )
}

function Verdict({ front: { slots, isCounted, nowMs } }: { front: Front }) {
  const late = slots.filter(({ overdue }) => overdue.length > 0)
  const overdue = late.reduce((sum, slot) => sum + slot.overdue.length, 0)
  const unsettled = slots.filter(({ settled, minuteMs }) => !settled && minuteMs + SETTLED_AFTER_MS < nowMs)
  const [oldest] = late
  if (oldest)
    return (
      <p class="verdict bad">
        {counted(overdue, 'event')} overdue. The oldest is <Text of={oldest.overdue[0]} />, due{' '}
        {duration(nowMs - oldest.minuteMs)} ago in <Link to={addressOfSlot(oldest.slot)}>slot {oldest.slot}</Link>.
      </p>
    )
  if (unsettled.length > 0)
    return (
      <p class="verdict bad">
        {counted(unsettled.length, 'slot')} not settled:{' '}
        {unsettled.slice(0, 5).map(({ slot }) => (
          <>
            <Link to={addressOfSlot(slot)}>{slot}</Link>{' '}
          </>
        ))}
      </p>
    )
  return isCounted || slots.length > 0 ? (
    <p class="verdict good">Everything that was due in the last quarter of an hour is accounted for.</p>
  ) : (
    <p class="note">Counting …</p>
  )
}

const COUNTED = ['delivered', 'failed', 'expired', 'cancelled', 'retrying'] as const

function Counters({ front: { slots, nowMs } }: { front: Front }) {
  const past = slots.filter(({ minuteMs }) => minuteMs <= nowMs)
  const accepted = past.reduce((sum, { events }) => sum + events, 0)
  const waiting = past.reduce((sum, { pending }) => sum + pending, 0)
  const figures: [string, number][] = [
    ['accepted', accepted],
    ...COUNTED.map((name): [string, number] => [
      name,
      past.reduce((sum, { settlement }) => sum + (settlement?.[name] ?? 0), 0),
    ]),
    ['pending', waiting],
  ]
  return (
    <>
      <p class="note">Of the events due in the last 15 minutes and in this minute:</p>
      <dl class="figures">
        {figures.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class={count > 0 && (name === 'failed' || name === 'expired') ? 'wrong' : undefined}>
              {count.toLocaleString('en')}
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

/** Lines of what is due next. */
const COMING = 8

function Next({ next }: Pick<Front, 'next'>) {
  // What was due since it was read stands in what happens.
  const coming = next?.filter(({ dueAtMs }) => dueAtMs > now.value).slice(0, COMING)
  return (
    <section aria-labelledby="next">
      <h2 id="next">Next</h2>
      {next === undefined || coming === undefined ? (
        <p class="note">Looking …</p>
      ) : next.length === 0 ? (
        <p class="note">Nothing is due in the next 31 days.</p>
      ) : coming.length === 0 ? (
        <p class="note">
          So many are due that they are delivered before they can be read here:{' '}
          <Link to="/events?from=now&to=in+1m&status=pending">those of the next minute</Link>.
        </p>
      ) : (
        <ol class="plain">
          {coming.map((event) => (
            <li key={event.cursor}>
              <Time at={event.dueAtMs} isShort /> <Link to={addressOf(event)}>{event.id}</Link>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function Failures({ failures }: Pick<Front, 'failures'>) {
  return (
    <section aria-labelledby="failures">
      <h2 id="failures">Failures, last day</h2>
      {failures === undefined ? (
        <p class="note">Looking …</p>
      ) : failures.length === 0 ? (
        <p class="note">None.</p>
      ) : (
        <ul class="plain">
          {failures.map(({ code, target, count, error }) => (
            <li key={`${code} ${target}`}>
              <Link
                to={`/events?${new URLSearchParams({ from: '1d ago', to: 'in 1m', status: code === 'EXPIRED' ? 'expired' : 'failed', target })}`}
              >
                {count} × {code}
              </Link>{' '}
              {target.split(':').at(-1)}
              <div class="note">
                <Text of={error} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** Lines of what happens. */
const LINES = 12

function Happened() {
  return (
    <section aria-labelledby="happens">
      <h2 id="happens">As it happens</h2>
      {happened.value.length === 0 ? (
        <p class="note">Nothing yet. Deliveries and failures show up here the moment they happen.</p>
      ) : (
        <ul class="plain">
          {happened.value.slice(0, LINES).map((one, i) => (
            // By their place: four times a second lines are written over, not made anew
            <li key={i}>
              <Time at={one.takenAtMs} isShort />{' '}
              {one.kind === 'delivery' ? (
                <>
                  <Link to={addressOf(one)}>{one.id}</Link> {one.latenessMs} ms late
                  {one.attempt > 1 && <>, attempt {one.attempt}</>}
                </>
              ) : (
                <>
                  {one.id ?? 'a message'} <strong class="wrong">{one.code}</strong>{' '}
                  <span class="note">
                    <Text of={one.error} />
                  </span>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
