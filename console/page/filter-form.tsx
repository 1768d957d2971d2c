import { STATUSES } from '../../status/status.ts'
import { type Filter, queryOf, type Status } from './api.ts'
import { go, Link } from './parts.tsx'

/** The filter of an address. */
export function filterIn(search: string): Filter {
  const query = new URLSearchParams(search)
  const text = (name: string) => query.get(name) ?? ''
  return {
    from: text('from'),
    to: text('to'),
    status: query.getAll('status').filter((one): one is Status => (STATUSES as readonly string[]).includes(one)),
    user: text('user'),
    target: text('target'),
    idPrefix: text('idPrefix'),
  }
}

/** Says which events are listed. */
export function FilterForm({ filter }: { filter: Filter }) {
  const submit = (event: Event) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(data.get(name) ?? '').trim()
    const status = data.getAll('status').map(String) as Status[]
    const [from, to, user, target, idPrefix] = ['from', 'to', 'user', 'target', 'idPrefix'].map(text)
    go(`/events?${queryOf({ from, to, status, user, target, idPrefix } as Filter)}`)
  }
  const field = (name: Exclude<keyof Filter, 'status'>, label: string, placeholder: string) => (
    <label>
      {label}
      <input name={name} defaultValue={filter[name]} placeholder={placeholder} />
    </label>
  )
  return (
    <form class="filter" onSubmit={submit} key={JSON.stringify(filter)}>
      {field('from', 'From', '1h ago, or a date')}
      {field('to', 'To', 'in 1d, or a date')}
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
      <Link to="/events">Clear</Link>
    </form>
  )
}
