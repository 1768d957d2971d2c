import { useEffect, useState } from 'preact/hooks'
import type { ListedEvent } from '../../client/event-list.ts'
import { STATUSES } from '../../status/status.ts'
import { api, type Filter, queryOf, READ_ONLY, type Verb } from './api.ts'
import { Ask, addressOf, go, Link, Problem, StatusMark, sentenceOf } from './parts.tsx'
import { showTime } from './settings.ts'

/** The filter of an address. */
function filterIn(search: string): Filter {
  const query = new URLSearchParams(search)
  const text = (name: string) => query.get(name) ?? ''
  return {
    from: text('from'),
    to: text('to'),
    status: query.getAll('status'),
    user: text('user'),
    target: text('target'),
    idPrefix: text('idPrefix'),
  }
}

/** Events by when they are due, a page at a time; the filter stands in the address. */
export function EventsPage({ search }: { search: string }) {
  const filter = filterIn(search)
  const [events, setEvents] = useState<ListedEvent[]>()
  const [cursor, setCursor] = useState<string>()
  const [error, setError] = useState<string>()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [asked, setAsked] = useState<{ verb: Verb; all: number | undefined }>()
  const [said, setSaid] = useState<string>()
  const [last, setLast] = useState<string>()

  const read = async (after?: string) => {
    try {
      const page = await api.events(filter, after)
      setEvents((before) => [...(after === undefined ? [] : (before ?? [])), ...page.events])
      setCursor(page.cursor)
      setError(undefined)
    } catch (fault) {
      setError(sentenceOf(fault))
    }
  }
  useEffect(() => {
    setSelected(new Set())
    void read()
  }, [search])
  useEffect(() => {
    // What is selected stays where it is.
    if (selected.size > 0) return
    const timer = setInterval(() => document.hidden || cursor !== undefined || void read(), 5_000)
    return () => clearInterval(timer)
  })

  const select = (key: string, range: boolean) => {
    const all = (events ?? []).map(({ cursor: one }) => one)
    const [a, b] = [all.indexOf(last ?? key), all.indexOf(key)]
    const keys = range && a >= 0 ? all.slice(Math.min(a, b), Math.max(a, b) + 1) : [key]
    const to = new Set(selected)
    const on = !selected.has(key)
    for (const one of keys) on ? to.add(one) : to.delete(one)
    setSelected(to)
    setLast(key)
  }
  const askAll = async (verb: Verb) => {
    try {
      setAsked({ verb, all: (await api.bulk(verb, filter, true)).matched })
    } catch (fault) {
      setError(sentenceOf(fault))
    }
  }
  const answer = async (wanted: boolean) => {
    const { verb, all } = asked ?? {}
    setAsked(undefined)
    if (!wanted || !verb) return
    try {
      if (all !== undefined) setSaid(`${(await api.bulk(verb, filter, false)).sent} sent.`)
      else {
        const chosen = (events ?? []).filter((event) => selected.has(event.cursor))
        for (const event of chosen) await api.change(verb, event)
        setSaid(`${chosen.length} sent.`)
      }
      setSelected(new Set())
      setTimeout(read, 1_500)
    } catch (fault) {
      setError(sentenceOf(fault))
    }
  }
  const spanned = filter.from !== '' && filter.to !== ''
  return (
    <>
      <h1>Events</h1>
      <FilterForm filter={filter} />
      <Problem error={error} />
      <p class="said" role="status">
        {selected.size > 0 ? `${selected.size} selected: updates pause.` : (said ?? '')}
      </p>
      {!READ_ONLY && (
        <div class="buttons">
          <button
            type="button"
            disabled={selected.size === 0}
            onClick={() => setAsked({ verb: 'cancel', all: undefined })}
          >
            Cancel selected
          </button>
          <button
            type="button"
            disabled={selected.size === 0}
            onClick={() => setAsked({ verb: 'redrive', all: undefined })}
          >
            Redrive selected
          </button>
          <button
            type="button"
            disabled={!spanned}
            title={spanned ? undefined : 'Say from and to first'}
            onClick={() => askAll('cancel')}
          >
            Cancel all that match
          </button>
          <button
            type="button"
            disabled={!spanned}
            title={spanned ? undefined : 'Say from and to first'}
            onClick={() => askAll('redrive')}
          >
            Redrive all that match
          </button>
        </div>
      )}
      {events !== undefined && events.length === 0 ? (
        <p class="note">{search === '' ? 'No event is due from an hour ago until in a day.' : 'No event matches.'}</p>
      ) : (
        <EventTable events={events ?? []} selected={selected} onSelect={select} />
      )}
      {cursor !== undefined && (
        <button type="button" onClick={() => read(cursor)}>
          More
        </button>
      )}
      {asked && (
        <Ask
          question={`${asked.verb === 'cancel' ? 'Cancel' : 'Redrive'} ${asked.all ?? selected.size} events?`}
          yes={asked.verb === 'cancel' ? 'Cancel them' : 'Redrive them'}
          onAnswer={answer}
        />
      )}
    </>
  )
}

function EventTable(props: {
  events: readonly ListedEvent[]
  selected: ReadonlySet<string>
  onSelect: (key: string, range: boolean) => void
}) {
  const { events, selected, onSelect } = props
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            {!READ_ONLY && (
              <th>
                <span class="hidden">Select</span>
              </th>
            )}
            <th>Due</th>
            <th>Id</th>
            <th>Status</th>
            <th>Late</th>
            <th>User</th>
            <th>Target</th>
            <th>Why</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.cursor} aria-selected={selected.has(event.cursor)}>
              {!READ_ONLY && (
                <td>
                  <input
                    type="checkbox"
                    aria-label={`Select ${event.id}`}
                    checked={selected.has(event.cursor)}
                    onClick={(click) => onSelect(event.cursor, click.shiftKey)}
                  />
                </td>
              )}
              <td class="nowrap">{showTime(event.dueAtMs)}</td>
              <td>
                <Link to={addressOf(event)}>{event.id}</Link>
              </td>
              <td>
                <StatusMark status={event.status} />
              </td>
              <td class="number">{event.lateMs === undefined ? '' : `${event.lateMs} ms`}</td>
              <td>{event.user}</td>
              <td title={event.target}>{event.target?.split(':').at(-1)}</td>
              <td>{[event.code, event.reason].filter(Boolean).join(': ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function FilterForm({ filter }: { filter: Filter }) {
  const submit = (event: Event) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(data.get(name) ?? '').trim()
    const status = data.getAll('status').map(String)
    const given = {
      from: text('from'),
      to: text('to'),
      status,
      user: text('user'),
      target: text('target'),
      idPrefix: text('idPrefix'),
    }
    go(`/events?${queryOf(given)}`)
  }
  const field = (name: Exclude<keyof Filter, 'status'>, label: string, placeholder: string) => (
    <label>
      {label}
      <input name={name} defaultValue={filter[name]} placeholder={placeholder} />
    </label>
  )
  return (
    <form class="filter" onSubmit={submit} key={JSON.stringify(filter)}>
      {field('from', 'From', '2026-11-23T12:00Z')}
      {field('to', 'To', '2026-11-23T13:00Z')}
      {field('user', 'User', 'exactly')}
      {field('target', 'Target', 'ARN')}
      {field('idPrefix', 'Id begins with', 'order-')}
      <fieldset>
        <legend>Status</legend>
        {STATUSES.filter((status) => status !== 'unknown').map((status) => (
          <label key={status}>
            <input type="checkbox" name="status" value={status} defaultChecked={filter.status.includes(status)} />{' '}
            {status}
          </label>
        ))}
      </fieldset>
      <button type="submit">Show</button>
    </form>
  )
}
