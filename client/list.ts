import type { Clock } from '../core/clock.ts'
import { SchedulerError } from '../core/errors.ts'
import { show } from '../core/show.ts'
import { cursorOf, type ListTable, listEvents } from '../status/list-events.ts'
import { CHANGEABLE } from '../status/status.ts'
import type { EventFilter, ListedEvent, ListFilter } from './event-list.ts'
import { spanOf, statusesOf } from './span.ts'

/** What listing takes besides the filter. */
export interface ListParts {
  table: () => Promise<ListTable>
  clock: Clock
}

/** The events that match, in the order in which they are due. @throws SchedulerError `FILTER_INVALID`, `DATE_INVALID` */
export async function* list({ table, clock }: ListParts, filter: ListFilter = {}): AsyncGenerator<ListedEvent, void> {
  const nowMs = clock.now()
  const { limit = Number.POSITIVE_INFINITY, cursor, user, target, idPrefix } = filter
  const span = { ...spanOf(filter, nowMs), after: checkedCursor(cursor), nowMs }
  const chosen = { statuses: statusesOf(filter), user, target, idPrefix }
  if (!(limit >= 1)) throw new SchedulerError('FILTER_INVALID', `limit is ${show(limit)}: give a number from 1.`)
  let left = limit
  for await (const facts of listEvents(await table(), span, chosen)) {
    yield { ...facts, cursor: cursorOf(facts) }
    if (--left < 1) return
  }
}

/** How far ahead is looked for what is due next, unless it is said, ms: of an hour without events little is read. */
const NEXT_MS = 31 * 86_400_000

/** The events that are due next and have not ended. */
export async function next(
  parts: ListParts,
  count: number,
  filter: Omit<EventFilter, 'status'> = {},
): Promise<ListedEvent[]> {
  const fromMs = spanOf({ from: filter.from ?? { in: '0s' } }, parts.clock.now()).fromMs
  const span = { from: fromMs, to: filter.to ?? fromMs + NEXT_MS }
  return Array.fromAsync(list(parts, { ...filter, ...span, status: CHANGEABLE, limit: count }))
}

function checkedCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined || /^\d{15}#[A-Za-z0-9_-]{1,64}$/.test(cursor)) return cursor
  throw new SchedulerError('FILTER_INVALID', `cursor is ${show(cursor)}: give that of an event of a list before.`)
}
