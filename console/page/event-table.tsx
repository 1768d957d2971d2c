import { useRef } from 'preact/hooks'
import { type ListedEvent, READ_ONLY } from './api.ts'
import { addressOf, Heads, Link, Scroll, StatusMark, Text, Time } from './parts.tsx'

/** What is selected: some by their cursors, or all that match. */
export type Selection = ReadonlySet<string> | 'all'

/** Events in rows; space selects one, shift with a click all between. */
export function EventTable(props: {
  events: readonly ListedEvent[]
  selected: Selection
  onSelect: (selection: Selection) => void
}) {
  const { events, selected, onSelect } = props
  const last = useRef<string | undefined>(undefined)
  const isSelected = (key: string) => selected === 'all' || selected.has(key)
  const keys = events.map(({ cursor }) => cursor)
  const select = (key: string, isRange: boolean) => {
    const [from, to] = [keys.indexOf(last.current ?? key), keys.indexOf(key)]
    const range = isRange && from >= 0 ? keys.slice(Math.min(from, to), Math.max(from, to) + 1) : [key]
    const chosen = new Set(selected === 'all' ? keys : selected)
    for (const one of range) isSelected(key) ? chosen.delete(one) : chosen.add(one)
    last.current = key
    onSelect(chosen)
  }
  return (
    <Scroll label="Events by when they are due">
      <div class="events">
        <table>
          <thead>
            <tr>
              {!READ_ONLY && (
                <th scope="col">
                  <input
                    type="checkbox"
                    aria-label="Select all that are shown"
                    checked={keys.every(isSelected)}
                    onClick={() => onSelect(keys.every(isSelected) ? new Set() : new Set(keys))}
                  />
                </th>
              )}
              <Heads of={['Due', 'Id', 'Status', 'Late', 'User', 'Target', 'Why']} />
            </tr>
          </thead>
          <tbody>
            {events.map((event) => (
              <tr key={event.cursor} class={isSelected(event.cursor) ? 'selected' : undefined}>
                {!READ_ONLY && (
                  <td>
                    <input
                      type="checkbox"
                      aria-label={`Select ${event.id}`}
                      checked={isSelected(event.cursor)}
                      onClick={(click) => select(event.cursor, click.shiftKey)}
                    />
                  </td>
                )}
                <td class="nowrap">
                  <Time at={event.dueAtMs} />
                </td>
                <td class="id">
                  <Link to={addressOf(event)}>{event.id}</Link>
                </td>
                <td>
                  <StatusMark status={event.status} />
                </td>
                <td class="number">{event.lateMs === undefined ? '' : `${event.lateMs} ms`}</td>
                <td>
                  <Text of={event.user} />
                </td>
                <td class="target" title={event.target}>
                  {event.target?.split(':').at(-1)}
                </td>
                <td>
                  <Text of={[event.code, event.reason].filter(Boolean).join(': ')} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Scroll>
  )
}
