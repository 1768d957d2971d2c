import { hc } from 'hono/client'
import type { ConsoleRoutes } from '../server/app.ts'

const told = (name: string) => document.querySelector<HTMLMetaElement>(`meta[name=${name}]`)?.content ?? ''

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

const routes = hc<ConsoleRoutes>(location.origin, { headers: { 'x-console-token': told('console-token') } }).console.api

interface Answer<Body> {
  ok: boolean
  json(): Promise<Body>
}
/** What a route answers when it refuses nothing. */
type Told<Route extends (...args: never[]) => Promise<Answer<unknown>>> =
  Awaited<ReturnType<Route>> extends Answer<infer Body> ? Body : never

/** The body of an answer. @throws Refused if it is a refusal */
async function bodyOf<Body>(asked: Promise<Answer<Body>>): Promise<Body> {
  const answer = await asked.catch((cause) => {
    throw new Error('The console’s server does not answer.', { cause })
  })
  const body = await answer.json()
  if (answer.ok) return body
  throw new Refused(body as { code: string; error: string })
}

/** What a list is asked for: texts as they stand in the address. */
export interface Filter {
  from: string
  to: string
  status: Status[]
  user: string
  target: string
  idPrefix: string
}

export type Stack = Told<typeof routes.stack.$get>
export type Front = Told<typeof routes.front.$get>
export type EventFacts = Told<typeof routes.event.$get>
export type EventsPage = Told<typeof routes.events.$get>
export type ListedEvent = EventsPage['events'][number]
export type Status = ListedEvent['status']
export type SlotFacts = Told<typeof routes.slot.$get>
export type Preview = Told<typeof routes.preview.$post>
export type Scheduled = Told<typeof routes.schedule.$post>
export type Counted = Told<typeof routes.count.$post>
export type Changed = Told<typeof routes.change.$post>
export type Verb = 'cancel' | 'redrive' | 'reschedule'

/** Where events are moved. */
export interface Move {
  to?: string
  by?: string
}

/** What names an event. */
export interface Named {
  id: string
  dueAtMs: number
}

/** An event as it is typed. */
export interface Typed {
  date: string
  target: string
  payload: string
  user?: string | undefined
  id?: string | undefined
  latest?: string | undefined
  failure_topic?: string | undefined
  times?: number
  spreadMs?: number
}

/** What the server is asked. */
export const api = {
  stack: () => bodyOf(routes.stack.$get()),
  front: () => bodyOf(routes.front.$get()),
  events: (filter: Filter, cursor?: string) =>
    bodyOf(routes.events.$get({ query: { ...given(filter), ...(cursor === undefined ? {} : { cursor }) } })),
  event: (id: string, date: string) => bodyOf(routes.event.$get({ query: date === '' ? { id } : { id, date } })),
  slot: (name: string) => bodyOf(routes.slot.$get({ query: { name } })),
  preview: (event: Typed) => bodyOf(routes.preview.$post({ json: event })),
  schedule: (event: Typed) => bodyOf(routes.schedule.$post({ json: event })),
  change: (verb: Verb, events: readonly Named[], move: Move = {}) =>
    bodyOf(
      routes.change.$post({
        json: { verb, ...move, events: events.map(({ id, dueAtMs }) => ({ id, date: dueAtMs })) },
      }),
    ),
  count: (verb: Verb, filter: Filter) => bodyOf(routes.count.$post({ json: { verb, ...given(filter) } })),
  /** Changes all that match, of the span in which they were counted. */
  bulk: (verb: Verb, filter: Filter, { from, until, ...move }: Move & { from: number; until: number }) =>
    bodyOf(routes.bulk.$post({ json: { ...given(filter), verb, from, until, ...move } })),
}

/** What of a filter is given. */
function given({ status, ...texts }: Filter): Partial<Omit<Filter, 'status'>> & { status?: Status[] } {
  const filled = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''))
  return { ...filled, ...(status.length > 0 ? { status } : {}) }
}

/** The filter as it stands in an address: only what is given. */
export function queryOf({ status, ...texts }: Filter): URLSearchParams {
  const query = new URLSearchParams(Object.entries(texts).filter(([, text]) => text !== ''))
  for (const one of status) query.append('status', one)
  return query
}
