import type { ListedEvent } from '../../client/event-list.ts'
import type { Receipt } from '../../client/messages.ts'
import type { Stack } from '../../client/stack.ts'
import type { EventFacts } from '../../status/facts.ts'
import type { Front } from '../server/front.ts'

const told = (name: string) => document.querySelector<HTMLMetaElement>(`meta[name=${name}]`)?.content ?? ''
const TOKEN = told('console-token')

/** Whether nothing can be changed here. */
export const READ_ONLY = told('console-read-only') === 'true'

/** What the server refused, as a sentence. */
export class Refused extends Error {
  readonly code: string
  constructor({ code, error }: { code: string; error: string }) {
    super(error)
    this.code = code
  }
}

async function call<Answer>(path: string, body?: unknown): Promise<Answer> {
  const init =
    body === undefined
      ? {}
      : {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'x-console-token': TOKEN, 'content-type': 'application/json' },
        }
  const response = await fetch(`/console/api/${path}`, init)
  const answer = await response.json()
  if (!response.ok) throw new Refused(answer)
  return answer as Answer
}

/** What a list is asked for: texts as they stand in the address. */
export interface Filter {
  from: string
  to: string
  status: string[]
  user: string
  target: string
  idPrefix: string
}

export interface EventsPage {
  events: ListedEvent[]
  cursor?: string
}

export interface BulkAnswer {
  matched: number
  sent: number
  refused: number
}

export type Verb = 'cancel' | 'redrive'

export const api = {
  stack: () => call<Stack>('stack'),
  front: () => call<Front>('front'),
  events: (filter: Filter, cursor?: string) => call<EventsPage>(`events?${queryOf(filter, cursor)}`),
  event: (id: string, date: string) =>
    call<EventFacts & { payload?: string }>(`event?${new URLSearchParams({ id, date })}`),
  schedule: (event: Record<string, string | undefined>) => call<Receipt>('schedule', event),
  change: (verb: Verb, { id, dueAtMs }: { id: string; dueAtMs: number }) => call<Receipt>(verb, { id, date: dueAtMs }),
  reschedule: ({ id, dueAtMs }: { id: string; dueAtMs: number }, new_date: string) =>
    call<Receipt>('reschedule', { id, date: dueAtMs, new_date }),
  bulk: (verb: Verb, filter: Filter, dryRun: boolean) => call<BulkAnswer>('bulk', { ...filter, verb, dryRun }),
}

/** The filter as it stands in an address: only what is given. */
export function queryOf({ status, ...texts }: Filter, cursor?: string): URLSearchParams {
  const query = new URLSearchParams(Object.entries(texts).filter(([, text]) => text !== ''))
  for (const one of status) query.append('status', one)
  if (cursor !== undefined) query.set('cursor', cursor)
  return query
}
