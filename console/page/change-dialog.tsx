import { useEffect, useState } from 'preact/hooks'
import { CHANGEABLE, REDRIVABLE } from '../../status/status.ts'
import { api, type Changed, type Counted, type Filter, type ListedEvent, type Move, type Verb } from './api.ts'
import { Ask, counted, Problem, sentenceOf, Time } from './parts.tsx'

const WORDS = {
  cancel: { question: 'Cancel', yes: 'Cancel them', possible: CHANGEABLE, state: 'pending' },
  reschedule: { question: 'Reschedule', yes: 'Reschedule them', possible: CHANGEABLE, state: 'pending' },
  redrive: { question: 'Redrive', yes: 'Redrive them', possible: REDRIVABLE, state: 'failed or expired' },
} as const

/** Of many events, so many are shown before they are changed. */
const SHOWN = 5

/** Shows what a change would change, asks, and makes it. */
export function ChangeDialog(props: {
  verb: Verb
  /** Those that are selected, or all that match the filter. */
  chosen: readonly ListedEvent[] | 'all'
  filter: Filter
  /** With nothing where it was left. */
  onDone: (changed: Changed | undefined) => void
}) {
  const { verb, chosen, filter, onDone } = props
  const { question, yes, possible, state } = WORDS[verb]
  const [all, setAll] = useState<Counted>()
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const [move, setMove] = useState<Move>({ by: '1h' })
  const failed = (fault: unknown) => {
    setBusy(false)
    setError(sentenceOf(fault))
  }
  useEffect(() => {
    if (chosen === 'all') void api.count(verb, filter).then(setAll, failed)
  }, [])
  const some = chosen === 'all' ? [] : chosen.filter(({ status }) => possible.includes(status))
  const count = chosen === 'all' ? all?.matched : some.length
  const first = chosen === 'all' ? (all?.first ?? []) : some.slice(0, SHOWN)
  const answer = async (isWanted: boolean) => {
    if (!isWanted) return onDone(undefined)
    setBusy(true)
    try {
      const asked = verb === 'reschedule' ? move : {}
      if (chosen !== 'all') onDone(await api.change(verb, some, asked))
      else if (all) onDone(await api.bulk(verb, filter, { ...asked, from: all.from, until: all.until }))
    } catch (fault) {
      failed(fault)
    }
  }
  if (isBusy) return <p class="note">Sending …</p>
  const title = count === undefined ? `${question} …` : `${question} ${counted(count, 'event')}?`
  return (
    <Ask key={error} question={title} yes={yes} can={(count ?? 0) > 0} onAnswer={answer}>
      <Problem error={error} />
      {count === undefined && error === undefined && <p class="note">Counting …</p>}
      {chosen !== 'all' && chosen.length > some.length && (
        <p class="note">
          {some.length} of the {chosen.length} selected are {state}; the others stay as they are.
        </p>
      )}
      {first.length > 0 && (
        <ul class="plain">
          {first.map((event) => (
            <li key={event.cursor}>
              <Time at={event.dueAtMs} /> {event.id}
            </li>
          ))}
          {count !== undefined && count > first.length && (
            <li>and {(count - first.length).toLocaleString('en')} more</li>
          )}
        </ul>
      )}
      {verb === 'reschedule' && <MoveFields move={move} onMove={setMove} />}
    </Ask>
  )
}

/** Says where events are moved: each by as much, or all to one date. */
export function MoveFields({ move, onMove }: { move: Move; onMove: (move: Move) => void }) {
  const isBy = move.by !== undefined
  return (
    <fieldset class="move">
      <legend>Move</legend>
      <label>
        <input type="radio" name="how" checked={isBy} onClick={() => onMove({ by: '1h' })} /> by as much
      </label>
      <label>
        <input type="radio" name="how" checked={!isBy} onClick={() => onMove({ to: 'in 10m' })} /> to a date
      </label>
      <label>
        {isBy ? 'By, such as 1h or -30m' : 'To, such as in 10m, or a date'}
        <input
          value={isBy ? move.by : move.to}
          onInput={({ currentTarget: { value } }) => onMove(isBy ? { by: value } : { to: value })}
        />
      </label>
    </fieldset>
  )
}
