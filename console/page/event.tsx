import { useEffect, useState } from 'preact/hooks'
import type { EventFacts } from '../../status/facts.ts'
import { api, READ_ONLY, type Verb } from './api.ts'
import { Ask, go, Link, Problem, StatusMark, sentenceOf } from './parts.tsx'
import { showTime } from './settings.ts'

type Facts = EventFacts & { payload?: string }

/** What became of one event. */
export function EventPage({ search }: { search: string }) {
  const query = new URLSearchParams(search)
  const [id, date] = [query.get('id') ?? '', query.get('date') ?? '']
  const [facts, setFacts] = useState<Facts>()
  const [error, setError] = useState<string>()
  const [said, setSaid] = useState('')
  const [asked, setAsked] = useState<Verb>()
  const read = async () => {
    try {
      setFacts(await api.event(id, date))
      setError(undefined)
    } catch (fault) {
      setError(sentenceOf(fault))
    }
  }
  useEffect(() => {
    void read()
    const timer = setInterval(() => document.hidden || void read(), 2_000)
    return () => clearInterval(timer)
  }, [search])
  const change = async (wanted: boolean) => {
    const verb = asked
    setAsked(undefined)
    if (!wanted || !verb || !facts) return
    try {
      await api.change(verb, facts)
      setSaid(verb === 'cancel' ? 'The cancel is on its way.' : 'It is published again.')
    } catch (fault) {
      setError(sentenceOf(fault))
    }
  }
  const isPending = facts?.status === 'pending' || facts?.status === 'retrying'
  const hasFailed = facts?.status === 'failed' || facts?.status === 'expired'
  return (
    <>
      <h1>
        Event <span class="id">{id}</span>
      </h1>
      <Problem error={error} />
      {facts && (
        <>
          <p>
            <StatusMark status={facts.status} /> due {showTime(facts.dueAtMs)}
            {facts.lateMs !== undefined && <>, delivered {facts.lateMs} ms late</>}
          </p>
          <p class="said" role="status">
            {said}
          </p>
          {!READ_ONLY && (
            <div class="buttons">
              <button type="button" disabled={!isPending} onClick={() => setAsked('cancel')}>
                Cancel
              </button>
              <button type="button" disabled={!hasFailed} onClick={() => setAsked('redrive')}>
                Redrive
              </button>
              <button
                type="button"
                disabled={facts.target === undefined}
                onClick={() => go(`/schedule?${copyOf(facts)}`)}
              >
                Schedule a copy
              </button>
            </div>
          )}
          <Timeline facts={facts} />
          <Details facts={facts} />
          {facts.payload !== undefined && (
            <section aria-labelledby="payload">
              <h2 id="payload">Payload</h2>
              <pre>{visible(pretty(facts.payload))}</pre>
            </section>
          )}
          <section aria-labelledby="again">
            <h2 id="again">The same by command</h2>
            <pre>{`npx aws-scheduler get ${facts.id} --date ${new Date(facts.dueAtMs).toISOString()}`}</pre>
          </section>
          {asked && (
            <Ask
              question={asked === 'cancel' ? `Cancel event ${id}?` : `Publish event ${id} again?`}
              yes={asked === 'cancel' ? 'Cancel it' : 'Redrive it'}
              onAnswer={change}
            />
          )}
        </>
      )}
    </>
  )
}

/** What happened, in the order of time. */
function Timeline({ facts }: { facts: Facts }) {
  const happenings = [
    [facts.acceptedAtMs, `accepted, lane ${facts.lane ?? ''}`],
    [facts.dueAtMs, 'due'],
    ...facts.attempts.map(
      ({ attempt, atMs, code, error }) => [atMs, `attempt ${attempt}: ${code ?? 'put off'} ${error}`] as const,
    ),
    [facts.nextAtMs, 'next attempt'],
    [facts.deliveredAtMs, `delivered, ${facts.lateMs} ms late`],
    [facts.endedAtMs, `${facts.status}: ${facts.reason ?? ''}`],
    [facts.rescheduledToMs, 'due here instead'],
  ].filter((one): one is [number, string] => one[0] !== undefined)
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <ol class="timeline">
        {happenings
          .toSorted(([a], [b]) => a - b)
          .map(([atMs, what]) => (
            <li key={`${atMs} ${what}`}>
              <time>{showTime(atMs)}</time> {what}
            </li>
          ))}
      </ol>
      {facts.rescheduledToMs !== undefined && (
        <p>
          <Link to={`/event?${new URLSearchParams({ id: facts.id, date: String(facts.rescheduledToMs) })}`}>
            The event at its new date
          </Link>
        </p>
      )}
    </section>
  )
}

function Details({ facts }: { facts: Facts }) {
  const all = [
    ['Target', facts.target],
    ['User', facts.user],
    ['Failure topic', facts.failureTopic],
    ['Latest', facts.latest],
    ['Date as received', facts.date],
    ['Slot', facts.slot],
  ].filter(([, value]) => value !== undefined && value !== '')
  return (
    <section aria-labelledby="details">
      <h2 id="details">Details</h2>
      <dl class="details">
        {all.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** JSON is laid out; what is none is shown as it is. */
function pretty(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2)
  } catch {
    return payload
  }
}

/** What would turn or hide the text beside it is shown as what it is. */
function visible(text: string): string {
  return text.replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function copyOf({ target = '', user = '', payload = '' }: Facts): URLSearchParams {
  return new URLSearchParams({ target, user, payload: payload.slice(0, 2_000) })
}
