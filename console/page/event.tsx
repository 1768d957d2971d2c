import { useState } from 'preact/hooks'
import { CHANGEABLE, REDRIVABLE } from '../../status/status.ts'
import { api, type EventFacts, type Move, READ_ONLY, type Verb } from './api.ts'
import { MoveFields } from './change-dialog.tsx'
import { Messages } from './messages.tsx'
import { Ask, addressOf, addressOfSlot, go, Link, Problem, StatusMark, sentenceOf, Text, Time } from './parts.tsx'
import { Timeline } from './timeline.tsx'
import { useKeptUp } from './use-kept-up.ts'
import { pretty, visible } from './visible.ts'

/** What became of one event. */
export function EventPage({ search }: { search: string }) {
  const query = new URLSearchParams(search)
  const [id, date] = [query.get('id') ?? '', query.get('date') ?? '']
  // What has ended changes no more, but for a redrive; a payload may be large.
  const {
    value: facts,
    error,
    read,
  } = useKeptUp(
    search,
    () => api.event(id, date),
    (known) => (known === undefined || isOpen(known) ? 2_000 : 15_000),
  )
  return (
    <>
      <h1>
        Event{' '}
        <span class="id">
          <Text of={id} />
        </span>
      </h1>
      <Problem error={error} />
      {facts ? (
        <>
          <p>
            <StatusMark status={facts.status} />, due <Time at={facts.dueAtMs} />
            {facts.lateMs !== undefined && <>, {facts.lateMs} ms late</>}
          </p>
          {facts.status === 'unknown' && (
            <p class="note">Nothing of this id and date is known, or it is not written yet.</p>
          )}
          {!READ_ONLY && <Actions facts={facts} onChanged={read} />}
          <div class="columns">
            <Timeline facts={facts} />
            <Details facts={facts} />
          </div>
          <Payload facts={facts} />
          {facts.target !== undefined && <Messages facts={facts} />}
        </>
      ) : (
        error === undefined && <p class="note">Looking …</p>
      )}
    </>
  )
}

const isOpen = ({ status }: EventFacts) => CHANGEABLE.includes(status) || status === 'unknown'

const WORDS = {
  cancel: { question: 'Cancel event', yes: 'Cancel it', said: 'The cancel is on its way.' },
  reschedule: { question: 'Reschedule event', yes: 'Reschedule it', said: 'The reschedule is on its way.' },
  redrive: { question: 'Publish again event', yes: 'Redrive it', said: 'It is published again.' },
}

function Actions({ facts, onChanged }: { facts: EventFacts; onChanged: () => void }) {
  const [verb, setVerb] = useState<Verb>()
  const [move, setMove] = useState<Move>({ by: '1h' })
  const [said, setSaid] = useState('')
  const [error, setError] = useState<string>()
  const isPending = CHANGEABLE.includes(facts.status)
  const hasFailed = REDRIVABLE.includes(facts.status)
  const change = async (isWanted: boolean) => {
    setVerb(undefined)
    if (!isWanted || !verb) return
    try {
      const changed = await api.change(verb, [facts], verb === 'reschedule' ? move : {})
      setError(changed.error)
      setSaid(changed.sent > 0 ? WORDS[verb].said : '')
    } catch (fault) {
      setError(sentenceOf(fault))
    }
    onChanged()
  }
  return (
    <>
      <p class="said" role="status">
        {said}
      </p>
      <Problem error={error} />
      <div class="buttons">
        <button type="button" disabled={!isPending} onClick={() => setVerb('cancel')}>
          Cancel
        </button>
        <button type="button" disabled={!isPending} onClick={() => setVerb('reschedule')}>
          Reschedule
        </button>
        <button type="button" disabled={!hasFailed} onClick={() => setVerb('redrive')}>
          Redrive
        </button>
        <button
          type="button"
          disabled={facts.payload === undefined}
          title={facts.isHidden ? 'Payloads are hidden here' : undefined}
          onClick={() => go(`/schedule?${new URLSearchParams({ copy: facts.id, date: String(facts.dueAtMs) })}`)}
        >
          Schedule a copy
        </button>
      </div>
      {verb && (
        <Ask question={`${WORDS[verb].question} ${facts.id}?`} yes={WORDS[verb].yes} onAnswer={change}>
          {verb === 'reschedule' && <MoveFields move={move} onMove={setMove} />}
        </Ask>
      )}
    </>
  )
}

function Details({ facts }: { facts: EventFacts }) {
  const all = [
    ['Target', facts.target],
    ['User', facts.user],
    ['Failure topic', facts.failureTopic],
    ['Latest', facts.latest],
    ['Date as received', facts.date],
    ['Payload', facts.size === undefined ? undefined : `${facts.size.toLocaleString('en')} characters`],
  ].filter(([, value]) => value !== undefined && value !== '')
  return (
    <section aria-labelledby="details">
      <h2 id="details">Details</h2>
      <dl class="details">
        {all.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Text of={value} />
            </dd>
          </div>
        ))}
        <div>
          <dt>Slot</dt>
          <dd>
            <Link to={addressOfSlot(facts.slot)}>{facts.slot}</Link>
          </dd>
        </div>
        {facts.rescheduledToMs !== undefined && (
          <div>
            <dt>Rescheduled</dt>
            <dd>
              <Link to={addressOf({ id: facts.id, dueAtMs: facts.rescheduledToMs })}>The event at its new date</Link>
            </dd>
          </div>
        )}
      </dl>
    </section>
  )
}

/** More than this of a payload is shown only to who asks: laying it out takes time. */
const SHOWN = 10_000

function Payload({ facts: { payload, isHidden } }: { facts: EventFacts }) {
  const [isWhole, setWhole] = useState(false)
  if (payload === undefined && !isHidden) return null
  const text =
    payload === undefined ? '' : visible(isWhole || payload.length <= SHOWN ? pretty(payload) : payload.slice(0, SHOWN))
  return (
    <section aria-labelledby="payload">
      <h2 id="payload">Payload</h2>
      {payload === undefined ? (
        <p class="note">This console was started with --hide-payloads.</p>
      ) : (
        <>
          <pre>{text}</pre>
          {payload.length > SHOWN && !isWhole && (
            <button type="button" onClick={() => setWhole(true)}>
              {`Show all of its ${payload.length.toLocaleString('en')} characters`}
            </button>
          )}
        </>
      )}
    </section>
  )
}
