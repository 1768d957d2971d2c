import { useEffect, useState } from 'preact/hooks'
import { api, type Changed, type ListedEvent, READ_ONLY, type Verb } from './api.ts'
import { ChangeDialog } from './change-dialog.tsx'
import { EventTable, type Selection } from './event-table.tsx'
import { FilterForm, filterIn } from './filter-form.tsx'
import { counted, Problem, sentenceOf, Text } from './parts.tsx'
import { useKeptUp } from './use-kept-up.ts'

const NOTHING: Selection = new Set()
const EVERY_MS = 3_000

/** Events by when they are due, a page at a time; the filter stands in the address. */
export function EventsPage({ search }: { search: string }) {
  const filter = filterIn(search)
  const [selected, setSelected] = useState<Selection>(NOTHING)
  const [more, setMore] = useState<{ events: ListedEvent[]; cursor: string | undefined }>()
  const [verb, setVerb] = useState<Verb>()
  const [said, setSaid] = useState('')
  const [fault, setFault] = useState<string>()
  const isSelecting = selected === 'all' || selected.size > 0
  const isPaused = isSelecting || more !== undefined
  const { value, error, read } = useKeptUp(
    search,
    () => api.events(filter),
    () => (isPaused ? 0 : EVERY_MS),
  )
  const events = [...(value?.events ?? []), ...(more?.events ?? [])]
  const cursor = more ? more.cursor : value?.cursor
  useEffect(() => {
    setSelected(NOTHING)
    setMore(undefined)
    setSaid('')
  }, [search])

  const readMore = async () => {
    if (cursor === undefined) return
    try {
      const next = await api.events(filter, cursor)
      setMore({ events: [...(more?.events ?? []), ...next.events], cursor: next.cursor })
      setFault(undefined)
    } catch (wrong) {
      setFault(sentenceOf(wrong))
    }
  }
  const done = (changed: Changed | undefined) => {
    setVerb(undefined)
    if (!changed) return
    const refused = changed.refused > 0 ? ` ${changed.refused} refused: ${changed.error}` : ''
    setSaid(`${counted(changed.sent, 'change')} sent.${refused}`)
    setSelected(NOTHING)
    setMore(undefined)
    void read()
  }
  const chosen = selected === 'all' ? 'all' : events.filter((event) => selected.has(event.cursor))
  return (
    <>
      <h1>Events</h1>
      <FilterForm filter={filter} />
      <Problem error={fault ?? error} />
      <p class="said" role="status">
        <Text of={said} />
      </p>
      <div class="above">
        {!READ_ONLY && <SelectionBar {...{ selected, events, cursor, setSelected, setVerb }} />}
        <p class="note updates">
          {isSelecting
            ? 'Updates pause while something is selected.'
            : isPaused
              ? 'Updates pause while more than a page is shown.'
              : `Updated every ${EVERY_MS / 1_000} s.`}
        </p>
      </div>
      {value === undefined ? (
        error === undefined && <p class="note">Looking …</p>
      ) : events.length === 0 ? (
        <p class="note">{search === '' ? 'No event is due from an hour ago until in a day.' : 'No event matches.'}</p>
      ) : (
        <EventTable events={events} selected={selected} onSelect={setSelected} />
      )}
      {cursor !== undefined && (
        <button type="button" onClick={readMore}>
          More
        </button>
      )}
      {verb && <ChangeDialog verb={verb} chosen={chosen} filter={filter} onDone={done} />}
    </>
  )
}

/** What can be done with what is selected. */
function SelectionBar(props: {
  selected: Selection
  events: readonly ListedEvent[]
  cursor: string | undefined
  setSelected: (selection: Selection) => void
  setVerb: (verb: Verb) => void
}) {
  const { selected, events, cursor, setSelected, setVerb } = props
  const isEmpty = selected !== 'all' && selected.size === 0
  return (
    <div class="buttons">
      {(['cancel', 'reschedule', 'redrive'] as const).map((verb) => (
        <button key={verb} type="button" disabled={isEmpty} onClick={() => setVerb(verb)}>
          {`${verb[0]?.toUpperCase()}${verb.slice(1)} …`}
        </button>
      ))}
      <span role="status">
        {selected === 'all'
          ? 'All that match are selected.'
          : isEmpty
            ? 'Nothing is selected.'
            : `${selected.size} selected.`}
      </span>
      {events.length > 0 && selected !== 'all' && (
        <button type="button" onClick={() => setSelected('all')}>
          {cursor === undefined ? `Select all ${events.length} that match` : 'Select all that match'}
        </button>
      )}
      {!isEmpty && (
        <button type="button" onClick={() => setSelected(NOTHING)}>
          Select nothing
        </button>
      )}
    </div>
  )
}
