import { expect } from 'chai'
import type { Client } from '../../client/client.ts'
import { type ConsoleOptions, consoleApp } from '../../console/server/app.ts'
import type { Front } from '../../console/server/front.ts'
import { TOKEN_HEADER } from '../../console/server/guard.ts'
import { liveFeed } from '../../console/server/live.ts'
import { compilePage } from '../../console/server/page-files.ts'
import { SchedulerError } from '../../core/errors.ts'
import type { EventFacts } from '../../status/facts.ts'
import { fakeClock } from '../support/fake-clock.ts'

const NOW_MS = Date.parse('2026-11-23T12:34:00Z')
const HOST = '127.0.0.1:4566'
const page = { html: '{{token}} {{readOnly}}', script: 'script', style: 'style' }

const facts = (id: string, more: Partial<EventFacts> = {}): EventFacts & { cursor: string } => ({
  id,
  dueAtMs: NOW_MS,
  status: 'pending',
  slot: 's',
  key: 'k',
  attempts: [],
  cursor: `${id}-cursor`,
  ...more,
})
const list = (...events: EventFacts[]) =>
  async function* () {
    yield* events
  } as unknown as Client['list']

function aConsole(client: Partial<Client> = {}, options: Partial<ConsoleOptions> = {}) {
  const { app, token } = consoleApp({ client: client as Client, clock: fakeClock(NOW_MS), page, ...options })
  const ask = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    app.request(`http://${HOST}/console${path}`, { ...init, headers: { host: HOST, ...headers } })
  const send = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    ask(path, { [TOKEN_HEADER]: token, ...headers }, { method: 'POST', body: JSON.stringify(body) })
  return { ask, send, token }
}

describe('the console’s server', () => {
  it('serves the page at each of its addresses, with the token, and lets it load nothing from elsewhere', async () => {
    const { ask, token } = aConsole()
    for (const path of ['', '/', '/events', '/event?id=a', '/schedule']) {
      const answer = await ask(path)
      expect(answer.status).to.equal(200)
      expect(await answer.text()).to.equal(`${token} false`)
      expect(answer.headers.get('content-security-policy')).to.match(/^default-src 'none'; script-src 'self';/)
    }
    expect((await ask('/page.js')).headers.get('content-type')).to.contain('javascript')
  })

  it('refuses pages of other origins, and those whose name was pointed to this machine', async () => {
    const { ask, send } = aConsole({ cancel: () => expect.fail() })
    for (const host of ['evil.example', 'evil.example:4566', '127.0.0.1.evil.example', '192.168.1.2:4566', ''])
      expect((await ask('/api/stack', { host })).status, host).to.equal(403)
    for (const origin of ['http://evil.example', 'http://127.0.0.1:1', 'null', `https://${HOST}`]) {
      expect((await ask('/api/stack', { origin })).status, origin).to.equal(403)
      expect((await send('/api/cancel', { id: 'a' }, { origin })).status, origin).to.equal(403)
    }
  })

  it('changes nothing without the token, or where it is read-only', async () => {
    const client = { cancel: () => expect.fail() }
    const { send } = aConsole(client)
    for (const token of ['', 'x', 'x'.repeat(32)]) {
      const answer = await send('/api/cancel', { id: 'a' }, { [TOKEN_HEADER]: token })
      expect(answer.status).to.equal(403)
      expect(((await answer.json()) as { error: string }).error).to.contain('reload the page')
    }
    const readOnly = aConsole(client, { readOnly: true })
    expect((await readOnly.send('/api/cancel', { id: 'a' })).status).to.equal(403)
    expect(await (await readOnly.ask('')).text()).to.contain('true')
  })

  it('tells how it stands: slots, what is due next, and failures by code and target', async () => {
    const failed = { status: 'failed', code: 'TARGET_NOT_FOUND', target: 't', reason: 'gone' } as const
    const { ask } = aConsole({
      async *stats() {
        yield { slot: 's', minuteMs: NOW_MS, events: 3, pending: 3, settled: false, overdue: [] }
      },
      next: async () => [facts('next')],
      list: list(facts('a', failed), facts('b', failed), facts('c', { ...failed, target: 'u' })),
    })
    const front = (await (await ask('/api/front')).json()) as Front
    expect(front).to.deep.include({ nowMs: NOW_MS })
    expect(front.failures).to.deep.equal([
      { code: 'TARGET_NOT_FOUND', target: 't', count: 2, error: 'gone', id: 'a' },
      { code: 'TARGET_NOT_FOUND', target: 'u', count: 1, error: 'gone', id: 'c' },
    ])
  })

  it('lists a page at a time, by the filter of the address', async () => {
    const asked: unknown[] = []
    const many = Array.from({ length: 51 }, (_, i) => facts(`e${i}`))
    const { ask } = aConsole({
      list: ((filter: unknown) => {
        asked.push(filter)
        return list(...many)()
      }) as Client['list'],
    })
    const path = '/api/events?status=failed&status=expired&user=me&from=&cursor=c'
    const answer = (await (await ask(path)).json()) as { events: unknown[]; cursor: string }
    expect(answer.events).to.have.length(50)
    expect(answer.cursor).to.equal('e49-cursor')
    expect(asked[0]).to.deep.include({ status: ['failed', 'expired'], user: 'me', from: undefined, cursor: 'c' })
    expect((await ask('/api/events?status=nonsense')).status).to.equal(400)
  })

  it('shows payloads, unless they are to be hidden', async () => {
    const asked: unknown[] = []
    const client: Partial<Client> = {
      get: async (_, options) => {
        asked.push(options)
        return facts('a')
      },
    }
    await aConsole(client).ask('/api/event?id=a&date=5')
    await aConsole(client, { hidePayloads: true }).ask('/api/event?id=a')
    expect(asked).to.deep.equal([{ payload: true }, { payload: false }])
  })

  it('hands changes on to the client, and says in its sentence what was refused', async () => {
    const asked: unknown[] = []
    const take = async (one: unknown) => {
      asked.push(one)
      return { id: 'a', date: undefined, dueAtMs: 1, messageId: 'm' }
    }
    const { send } = aConsole({
      schedule: take,
      cancel: take,
      reschedule: take,
      redrive: () => Promise.reject(new SchedulerError('EVENT_NOT_FOUND', 'There is none.')),
    } as Partial<Client>)
    expect((await send('/api/schedule', { date: 'in 10s', target: 't', payload: 'p' })).status).to.equal(200)
    expect((await send('/api/cancel', { id: 'a', date: 1 })).status).to.equal(200)
    expect((await send('/api/reschedule', { id: 'a', date: 1, new_date: '2026-11-23' })).status).to.equal(200)
    expect(asked).to.deep.equal([
      { date: { in: '10s' }, target: 't', payload: 'p' },
      { id: 'a', date: 1 },
      { id: 'a', date: 1, new_date: '2026-11-23' },
    ])
    const refused = await send('/api/redrive', { id: 'a' })
    expect(refused.status).to.equal(400)
    expect(await refused.json()).to.deep.equal({ code: 'EVENT_NOT_FOUND', error: 'There is none.' })
    expect((await send('/api/cancel', { id: 5 })).status).to.equal(400)
  })

  it('counts what a bulk change would change before it changes it', async () => {
    const runs: unknown[] = []
    const cancelAll: Client['cancelAll'] = async (filter, options) => {
      runs.push([filter.user, options?.dryRun])
      return { matched: 2, sent: 0, refused: 0, resume: undefined, refusals: [] }
    }
    const { send } = aConsole({ cancelAll })
    const span = { verb: 'cancel', from: '2026-11-23', to: '2026-11-24', user: 'me' }
    expect(await (await send('/api/bulk', { ...span, dryRun: true })).json()).to.deep.include({ matched: 2 })
    await send('/api/bulk', span)
    expect(runs).to.deep.equal([
      ['me', true],
      ['me', false],
    ])
    expect((await send('/api/bulk', { verb: 'cancel', to: 'x' })).status).to.equal(400)
  })
})

describe('what happens, live', () => {
  it('is listened to while somebody looks, and goes on where one has stopped', async () => {
    let open = 0
    const one = {
      kind: 'notice',
      code: 'DATE_INVALID',
      error: '',
      id: 'a',
      event: '',
      topicArn: '',
      takenAtMs: 0,
    } as const
    const client: Pick<Client, 'tail'> = {
      async *tail({ signal } = {}) {
        open++
        try {
          for (let i = 0; i < 3; i++) yield { ...one, id: `e${i}` }
          await new Promise((resolve) => signal?.addEventListener('abort', resolve))
        } finally {
          open--
        }
      },
    }
    const feed = liveFeed(client)
    const looking = new AbortController()
    const seen: number[] = []
    for await (const news of feed.updates(0, looking.signal)) {
      seen.push(...news.map(({ id }) => id))
      if (seen.length === 3) break
    }
    expect(seen).to.deep.equal([1, 2, 3])
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(open).to.equal(0)
    for await (const news of feed.updates(1, looking.signal)) {
      expect(news[0]?.id).to.equal(2)
      break
    }
    feed.stop()
  })
})

describe('the page', () => {
  it('is one script and one style, and small', async () => {
    const { script, style } = await compilePage()
    expect(script.length).to.be.within(10_000, 100_000)
    expect(style).to.contain('light-dark(')
    expect(script).to.not.match(/https?:\/\/(?!www\.w3\.org)/)
  })
})
