import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import * as z from 'zod'
import type { Client } from '../../client/client.ts'
import type { Clock } from '../../core/clock.ts'
import { SchedulerError } from '../../core/errors.ts'
import { LOCAL } from '../../core/stack-place.ts'
import { executionUrl } from './aws-console.ts'
import { bulkChange, changed, countMatching } from './bulk.ts'
import { frontOf } from './front.ts'
import { guard, newToken, refusal } from './guard.ts'
import { json, query } from './input.ts'
import { liveFeed, withoutPayloads } from './live.ts'
import type { PageFiles } from './page-files.ts'
import { scheduleMany } from './schedule.ts'
import { asFilter, bulk, change, counting, listed, nameOfEvent, nameOfSlot, toSchedule } from './shapes.ts'
import { whenOf } from './typed-date.ts'

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

/** The addresses of the page. */
const PLACES = ['', '/', '/events', '/event', '/slot', '/schedule']

/** The console's server: the page, and what it reads and asks for, by the client alone. */
export function consoleApp({ client, clock, page, readOnly = false, hidePayloads = false }: ConsoleOptions) {
  const token = newToken()
  const live = liveFeed(client, clock, newToken())
  const front = frontOf(client, clock)
  const app = new Hono().basePath('/console')
  app.use('*', guard({ token, readOnly }))
  app.onError((fault, c) => {
    if (fault instanceof z.ZodError) return c.json(refusal(z.prettifyError(fault), 'INPUT_INVALID'), 400)
    if (fault instanceof SchedulerError) return c.json(refusal(fault.message, fault.code), 400)
    return c.json(refusal(String(fault), 'FAILED'), 500)
  })
  const html = page.html.replace('{{token}}', token).replace('{{readOnly}}', String(readOnly))
  for (const path of PLACES)
    app.get(path, (c) => {
      // What the page asks for first is read while its script is loaded.
      if (path === '' || path === '/') void front.read().catch(() => {})
      return c.html(html)
    })
  app.get('/page.js', (c) => c.body(page.script, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
  app.get('/page.css', (c) => c.body(page.style, 200, { 'content-type': 'text/css; charset=utf-8' }))
  // What changes something is told of at once by what is read next.
  app.use('/api/*', async (c, next) => {
    await next()
    if (c.req.method === 'POST') front.expire()
  })
  const routes = app
    .get('/api/stack', async (c) => {
      const stack = await client.stack()
      return c.json({ ...stack, isLocal: stack.accountId === LOCAL.accountId })
    })
    .get('/api/front', async (c) => c.json(await front.read()))
    .get('/api/events', query(listed), async (c) => {
      const { cursor, ...filter } = c.req.valid('query')
      const events = await Array.fromAsync(client.list({ ...asFilter(filter, clock.now()), limit: PAGE + 1, cursor }))
      const shown = events.slice(0, PAGE)
      return c.json({ events: shown, cursor: events.length > PAGE ? shown.at(-1)?.cursor : undefined })
    })
    .get('/api/event', query(nameOfEvent), async (c) => {
      const { id, date } = c.req.valid('query')
      const name = { id, ...(date === undefined ? {} : { date: Number(date) }) }
      return c.json({ ...(await client.get(name, { payload: !hidePayloads })), isHidden: hidePayloads })
    })
    .get('/api/slot', query(nameOfSlot), async (c) => {
      const [facts, { runnerArnPrefix, accountId }] = await Promise.all([
        client.slot(c.req.valid('query').name),
        client.stack(),
      ])
      const runnerUrl = accountId === LOCAL.accountId ? undefined : executionUrl(runnerArnPrefix + facts.runner)
      return c.json({ ...facts, nowMs: clock.now(), runnerUrl })
    })
    .get('/api/live', (c) =>
      streamSSE(c, async (stream) => {
        const ending = new AbortController()
        stream.onAbort(() => ending.abort())
        const heard = { lastId: c.req.header('last-event-id') ?? c.req.query('after'), signal: ending.signal }
        for await (const { id, happenings } of live.updates(heard))
          await stream.writeSSE({ id, data: JSON.stringify(hidePayloads ? withoutPayloads(happenings) : happenings) })
      }),
    )
    .post('/api/preview', json(toSchedule), async (c) => {
      const { times: _, spreadMs: __, ...event } = c.req.valid('json')
      return c.json({ ...(await client.preview({ ...event, date: whenOf(event.date) })), nowMs: clock.now() })
    })
    .post('/api/schedule', json(toSchedule), async (c) => c.json(await scheduleMany(client, c.req.valid('json'))))
    .post('/api/change', json(change), async (c) => c.json(await changed(client, c.req.valid('json'))))
    .post('/api/count', json(counting), async (c) => {
      const { verb, ...filter } = c.req.valid('json')
      const nowMs = clock.now()
      return c.json(await countMatching(client, { verb, filter: asFilter(filter, nowMs), nowMs }))
    })
    .post('/api/bulk', json(bulk), async (c) => {
      const { verb, to, by, from, until, ...filter } = c.req.valid('json')
      const given = { ...asFilter(filter, clock.now()), from, to: until }
      return c.json(await bulkChange(client, { verb, filter: given, to, by }))
    })
  return { app: routes, token, stop: live.stop }
}

export type ConsoleRoutes = ReturnType<typeof consoleApp>['app']
