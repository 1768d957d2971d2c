import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import * as z from 'zod'
import type { Client } from '../../client/client.ts'
import type { EventFilter } from '../../client/event-list.ts'
import type { Clock } from '../../core/clock.ts'
import { SchedulerError } from '../../core/errors.ts'
import { STATUSES } from '../../status/status.ts'
import { readFront } from './front.ts'
import { guard, newToken, refusal } from './guard.ts'
import { liveFeed } from './live.ts'
import type { PageFiles } from './page-files.ts'

export interface ConsoleOptions {
  client: Client
  clock: Clock
  page: PageFiles
  /** Nothing can be changed. Default: false. */
  readOnly?: boolean
  /** Payloads are not shown. Default: false. */
  hidePayloads?: boolean
}

/** Events of a page of the list. */
const PAGE = 50

const when = z.string().min(1).max(100)
const filterFields = {
  from: z.string().max(100).optional(),
  to: z.string().max(100).optional(),
  status: z.array(z.enum(STATUSES)).optional(),
  user: z.string().optional(),
  target: z.string().optional(),
  idPrefix: z.string().optional(),
}
const named = z.object({ id: z.string(), date: z.number().optional() })
const bulk = z.object({
  verb: z.enum(['cancel', 'redrive', 'reschedule']),
  dryRun: z.boolean().optional(),
  by: z.string().optional(),
  ...filterFields,
  from: when,
  to: when,
})
const toSchedule = z.object({
  date: when,
  target: z.string(),
  payload: z.string(),
  user: z.string().optional(),
  id: z.string().optional(),
  latest: when.optional(),
})

/** The console's server: the page, and what it reads and asks for, by the client alone. */
export function consoleApp({ client, clock, page, readOnly = false, hidePayloads = false }: ConsoleOptions) {
  const token = newToken()
  const live = liveFeed(client)
  const app = new Hono().basePath('/console')
  app.use('*', guard({ token, readOnly }))
  app.onError((fault, c) => {
    if (fault instanceof z.ZodError) return c.json(refusal(z.prettifyError(fault), 'INPUT_INVALID'), 400)
    if (fault instanceof SchedulerError) return c.json(refusal(fault.message, fault.code), 400)
    return c.json(refusal(String(fault), 'FAILED'), 500)
  })
  const html = page.html.replace('{{token}}', token).replace('{{readOnly}}', String(readOnly))
  for (const path of ['', '/', '/events', '/event', '/schedule']) app.get(path, (c) => c.html(html))
  app.get('/page.js', (c) => c.body(page.script, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
  app.get('/page.css', (c) => c.body(page.style, 200, { 'content-type': 'text/css; charset=utf-8' }))
  const routes = app
    .get('/api/stack', async (c) => c.json(await client.stack()))
    .get('/api/front', async (c) => c.json(await readFront(client, clock.now())))
    .get('/api/events', async (c) => {
      const query = c.req.query()
      const status = c.req.queries('status')
      const filter = z.object(filterFields).parse({ ...query, status })
      const events = await Array.fromAsync(client.list({ ...asFilter(filter), limit: PAGE + 1, cursor: query.cursor }))
      const shown = events.slice(0, PAGE)
      return c.json({ events: shown, cursor: events.length > PAGE ? shown.at(-1)?.cursor : undefined })
    })
    .get('/api/event', async (c) => {
      const { id, date } = c.req.query()
      const name = { id: String(id), ...(date ? { date: Number(date) } : {}) }
      return c.json(await client.get(name, { payload: !hidePayloads }))
    })
    .get('/api/live', (c) =>
      streamSSE(c, async (stream) => {
        const ending = new AbortController()
        stream.onAbort(() => ending.abort())
        const last = Number(c.req.header('last-event-id'))
        for await (const news of live.updates(Number.isFinite(last) && last > 0 ? last : undefined, ending.signal)) {
          const happened = news.map(({ one }) =>
            hidePayloads && one.kind === 'delivery' ? { ...one, payload: '' } : one,
          )
          if (news.length === 0) await stream.writeSSE({ event: 'beat', data: '' })
          else await stream.writeSSE({ id: String(news.at(-1)?.id), data: JSON.stringify(happened) })
        }
      }),
    )
    .post('/api/schedule', async (c) => c.json(await client.schedule(present(toSchedule.parse(await c.req.json())))))
    .post('/api/cancel', async (c) => c.json(await client.cancel(named.parse(await c.req.json()))))
    .post('/api/redrive', async (c) => c.json(await client.redrive(named.parse(await c.req.json()))))
    .post('/api/reschedule', async (c) => {
      const change = named.extend({ new_date: when }).parse(await c.req.json())
      return c.json(await client.reschedule(change))
    })
    .post('/api/bulk', async (c) => {
      const { verb, dryRun = false, by, ...filter } = bulk.parse(await c.req.json())
      const given = { ...asFilter(filter), from: filter.from, to: filter.to }
      const run = {
        cancel: () => client.cancelAll(given, { dryRun }),
        redrive: () => client.redriveAll(given, { dryRun }),
        reschedule: () => client.rescheduleAll(given, { by: by ?? '' }, { dryRun }),
      }
      const { refusals: _, ...report } = await run[verb]()
      return c.json(report)
    })
  return { app: routes, token, stop: live.stop }
}

export type ConsoleRoutes = ReturnType<typeof consoleApp>['app']

type Given = Partial<Record<'from' | 'to' | 'user' | 'target' | 'idPrefix', string | undefined>> &
  Pick<EventFilter, 'status'>

/** What was left empty is not asked for. */
function asFilter({ from, to, status, user, target, idPrefix }: Given): EventFilter {
  const text = (value: string | undefined) => (value === '' ? undefined : value)
  return {
    from: text(from),
    to: text(to),
    status: status && status.length > 0 ? status : undefined,
    user: text(user),
    target: text(target),
    idPrefix: text(idPrefix),
  }
}

/** `in 10s` counts from now. */
function present<T extends { date: string }>(event: T) {
  const { duration } = /^in\s*:?\s*(?<duration>.+)$/.exec(event.date)?.groups ?? {}
  return { ...event, date: duration === undefined ? event.date : { in: duration } }
}
