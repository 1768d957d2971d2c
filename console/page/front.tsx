import { useEffect, useState } from 'preact/hooks'
import type { Front } from '../server/front.ts'
import { api } from './api.ts'
import { Lateness } from './lateness.tsx'
import { happened } from './live.ts'
import { addressOf, Link, Problem, sentenceOf } from './parts.tsx'
import { showTime } from './settings.ts'
import { Strip } from './strip.tsx'

const EVERY_MS = 5_000

/** Is it healthy, what is due next, what went wrong. */
export function FrontPage() {
  const [front, setFront] = useState<Front>()
  const [error, setError] = useState<string>()
  useEffect(() => {
    const read = async () => {
      if (document.hidden) return
      try {
        setFront(await api.front())
        setError(undefined)
      } catch (fault) {
        setError(sentenceOf(fault))
      }
    }
    void read()
    const timer = setInterval(read, EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  if (!front) return error === undefined ? <p class="note">Looking …</p> : <Problem error={error} />
  const isEmpty = front.slots.length === 0 && front.next.length === 0 && front.failures.length === 0
  return (
    <>
      <h1>How it stands</h1>
      <Problem error={error} />
      {isEmpty && happened.value.length === 0 ? <Empty /> : <Standing front={front} />}
    </>
  )
}

function Empty() {
  return (
    <section class="empty">
      <h2>Nothing yet</h2>
      <p>No event is due in the next hour, and none was in the last quarter. Schedule a first one:</p>
      <pre>npx aws-scheduler schedule --local --date in:10s --payload hello</pre>
      <p>
        <Link to="/schedule">or do it here</Link>
      </p>
    </section>
  )
}

function Standing({ front: { slots, next, failures, nowMs } }: { front: Front }) {
  const sum = (name: 'delivered' | 'failed' | 'expired' | 'cancelled' | 'retrying') =>
    slots.reduce((all, { settlement }) => all + (settlement?.[name] ?? 0), 0)
  const overdue = slots.flatMap((slot) => slot.overdue)
  const unsettled = slots.filter(({ settled, minuteMs }) => !settled && minuteMs + 180_000 < nowMs)
  return (
    <>
      <p class={overdue.length > 0 || unsettled.length > 0 ? 'verdict bad' : 'verdict good'}>
        {overdue.length > 0
          ? `${overdue.length} events are overdue: ${overdue.slice(0, 5).join(', ')}`
          : unsettled.length > 0
            ? `${unsettled.length} slots are not settled: ${unsettled.map(({ slot }) => slot).join(', ')}`
            : 'Everything that was due in the last quarter of an hour is accounted for.'}
      </p>
      <dl class="figures">
        {(['delivered', 'failed', 'expired', 'cancelled', 'retrying'] as const).map((name) => (
          <div key={name}>
            <dt>{name}, last 15 min</dt>
            <dd>{sum(name)}</dd>
          </div>
        ))}
      </dl>
      <Strip slots={slots} />
      <div class="columns">
        <Lateness />
        <section aria-labelledby="next">
          <h2 id="next">Next</h2>
          {next.length === 0 ? (
            <p class="note">Nothing is due in the next 31 days.</p>
          ) : (
            <ol class="plain">
              {next.map((event) => (
                <li key={event.cursor}>
                  <time>{showTime(event.dueAtMs)}</time> <Link to={addressOf(event)}>{event.id}</Link>
                </li>
              ))}
            </ol>
          )}
        </section>
        <Failures failures={failures} />
        <Happened />
      </div>
    </>
  )
}

function Failures({ failures }: Pick<Front, 'failures'>) {
  return (
    <section aria-labelledby="failures">
      <h2 id="failures">Failures, last day</h2>
      {failures.length === 0 ? (
        <p class="note">None.</p>
      ) : (
        <ul class="plain">
          {failures.map(({ code, target, count, error }) => (
            <li key={code + target}>
              <Link to={`/events?status=failed&status=expired&target=${encodeURIComponent(target)}`}>
                {count} × {code}
              </Link>{' '}
              {target.split(':').at(-1)}
              <div class="note">{error}</div>
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
        <p class="note">Nothing since this page was opened.</p>
      ) : (
        <ul class="plain">
          {happened.value.slice(0, LINES).map((one, i) => (
            <li key={`${one.id} ${one.takenAtMs} ${i}`}>
              <time>{showTime(one.takenAtMs)}</time>{' '}
              {one.kind === 'delivery' ? (
                <>
                  <Link to={addressOf(one)}>{one.id}</Link> {one.latenessMs} ms late
                </>
              ) : (
                <>
                  {one.id ?? 'a message'} <strong>{one.code}</strong> <span class="note">{one.error}</span>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
