import { expect } from 'chai'
import type { Client } from '../../client/client.ts'
import type { EventToSchedule } from '../../client/messages.ts'
import type { Stack } from '../../client/stack.ts'
import { type ConsoleOptions, consoleApp } from '../../console/server/app.ts'
import type { Counted } from '../../console/server/bulk.ts'
import { TOKEN_HEADER } from '../../console/server/guard.ts'
import { compilePage } from '../../console/server/page-files.ts'
import { SchedulerError } from '../../core/errors.ts'
import type { EventFacts, SlotFacts } from '../../status/facts.ts'
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
const CANCEL = { verb: 'cancel', events: [{ id: 'a', date: 1 }] }
const list = (...events: EventFacts[]) =>
  async function* () {
    yield* events
  } as unknown as Client['list']

function aConsole(client: Partial<Client> = {}, options: Partial<ConsoleOptions> = {}) {
  const { app, token } = consoleApp({ client: client as Client, clock: fakeClock(NOW_MS), page, ...options })
  const ask = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    app.request(`http://${HOST}/console${path}`, { ...init, headers: { host: HOST, ...headers } })
  const send = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    ask(
      path,
      { [TOKEN_HEADER]: token, 'content-type': 'application/json', ...headers },
      { method: 'POST', body: JSON.stringify(body) },
    )
  return { ask, send, token }
}

describe('the console’s server', () => {
  it('serves the page at each of its addresses, with the token, and lets it load nothing from elsewhere', async () => {
    const { ask, token } = aConsole()
    for (const path of ['', '/', '/events', '/event?id=a', '/slot?name=s', '/schedule']) {
      const answer = await ask(path)
      expect(answer.status).to.equal(200)
      expect(await answer.text()).to.equal(`${token} false`)
      expect(answer.headers.get('content-security-policy')).to.match(/^default-src 'none'; script-src 'self';/)
    }
    expect((await ask('/page.js')).headers.get('content-type')).to.contain('javascript')
  })

  it('begins to read what the front page asks for first with the page itself, and no other page', async () => {
    let reads = 0
    const next = async () => {
      reads++
      return []
    }
    const { ask } = aConsole({ next })
    for (const path of ['/events', '/event?id=a', '/slot?name=s', '/schedule', '/page.js']) await ask(path)
    expect(reads).to.equal(0)
    await ask('')
    expect(reads).to.equal(1)
  })

  it('refuses pages of other origins, and those whose name was pointed to this machine', async () => {
    const { ask, send } = aConsole({ cancel: () => expect.fail() })
    for (const host of ['evil.example', 'evil.example:4566', '127.0.0.1.evil.example', '192.168.1.2:4566', ''])
      expect((await ask('/api/stack', { host })).status, host).to.equal(403)
    for (const origin of ['http://evil.example', 'http://127.0.0.1:1', 'null', `https://${HOST}`]) {
      expect((await ask('/api/stack', { origin })).status, origin).to.equal(403)
      expect((await send('/api/change', CANCEL, { origin })).status, origin).to.equal(403)
    }
  })

  it('changes nothing without the token, or where it is read-only', async () => {
    const client = { cancel: () => expect.fail() }
    const { send } = aConsole(client)
    for (const token of ['', 'x', 'x'.repeat(32)]) {
      const answer = await send('/api/change', CANCEL, { [TOKEN_HEADER]: token })
      expect(answer.status).to.equal(403)
      expect(((await answer.json()) as { error: string }).error).to.contain('reload the page')
    }
    const readOnly = aConsole(client, { readOnly: true })
    expect((await readOnly.send('/api/change', CANCEL)).status).to.equal(403)
    expect(await (await readOnly.ask('')).text()).to.contain('true')
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

  it('reads dates from now on and back from now', async () => {
    const asked: unknown[] = []
    const { ask } = aConsole({
      list: ((filter: unknown) => {
        asked.push(filter)
        return list()()
      }) as Client['list'],
    })
    await ask('/api/events?from=1%20h%20ago&to=in%2010%20m')
    expect(asked[0]).to.deep.include({ from: NOW_MS - 3_600_000, to: { in: '10 m' } })
    expect((await ask('/api/events?from=long%20ago')).status).to.equal(400)
  })

  it('shows payloads, unless they are to be hidden', async () => {
    const asked: unknown[] = []
    const client: Partial<Client> = {
      get: async (_, options) => {
        asked.push(options)
        return facts('a')
      },
    }
    const hidden = async (options: Partial<ConsoleOptions>) => {
      const answer = await aConsole(client, options).ask('/api/event?id=a&date=5')
      return ((await answer.json()) as { isHidden: boolean }).isHidden
    }
    expect(await hidden({})).to.equal(false)
    expect(await hidden({ hidePayloads: true })).to.equal(true)
    expect(asked).to.deep.equal([{ payload: true }, { payload: false }])
  })

  it('tells of a slot, with a link to its runner on AWS, where there is one', async () => {
    const runnerOn = async (accountId: string, runnerArnPrefix: string) => {
      const { ask } = aConsole({
        slot: async (name) => ({ slot: name, runner: `${name}-2` }) as SlotFacts,
        stack: async () => ({ accountId, runnerArnPrefix }) as Stack,
      })
      return (await (await ask('/api/slot?name=s')).json()) as { runnerUrl?: string }
    }
    const prefix = 'arn:aws:states:eu-west-1:123456789012:execution:scheduler-deliver-slot-prod:'
    expect((await runnerOn('123456789012', prefix)).runnerUrl).to.equal(
      `https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/${encodeURIComponent(`${prefix}s-2`)}`,
    )
    expect(await runnerOn('000000000000', prefix)).to.not.have.property('runnerUrl')
    expect(await runnerOn('123456789012', 'arn:aws-iso:states:x:1:execution:y:')).to.not.have.property('runnerUrl')
  })

  it('says of an event as it is typed what would be sent, or what is wrong in the client’s sentence', async () => {
    const asked: unknown[] = []
    const { send } = aConsole({
      async preview(event) {
        asked.push(event)
        if (event.payload === '') throw new SchedulerError('PAYLOAD_INVALID', 'It is empty.')
        return { id: 'a', date: 'd', dueAtMs: 1, text: '{}', bytes: 2 }
      },
    })
    const event = { date: 'in 10 s', target: 't', payload: 'p' }
    const answer = await send('/api/preview', { ...event, times: 3, spreadMs: 5 })
    expect(await answer.json()).to.include({ dueAtMs: 1, bytes: 2, nowMs: NOW_MS })
    expect(asked).to.deep.equal([{ ...event, date: { in: '10 s' } }])
    expect(await (await send('/api/preview', { ...event, payload: '' })).json()).to.deep.equal({
      code: 'PAYLOAD_INVALID',
      error: 'It is empty.',
    })
  })

  it('schedules one event, or the same several times, spread over a time', async () => {
    const batches: EventToSchedule[][] = []
    const { send } = aConsole({
      preview: async ({ id }) => ({ id: id ?? 'new', date: 'd', dueAtMs: 1_000, text: '', bytes: 0 }),
      async scheduleBatch(events) {
        batches.push(await Array.fromAsync(events))
        return { scheduled: batches.at(-1)?.length ?? 0, refused: 0, results: [] }
      },
    })
    const event = { date: 'in 1 s', target: 't', payload: 'p' }
    expect(await (await send('/api/schedule', event)).json()).to.include({ scheduled: 1, id: 'new', dueAtMs: 1_000 })
    expect(await (await send('/api/schedule', { ...event, id: 'b', times: 3, spreadMs: 100 })).json()).to.include({
      scheduled: 3,
      id: 'b-1',
    })
    await send('/api/schedule', { ...event, times: 2 })
    const named = batches.map((batch) => batch.map(({ id, date }) => [id, date]))
    expect(named.slice(0, 2)).to.deep.equal([
      [['new', 1_000]],
      [
        ['b-1', 1_000],
        ['b-2', 1_050],
        ['b-3', 1_100],
      ],
    ])
    expect(new Set(batches[2]?.map(({ id }) => id)).size).to.equal(2)
    expect((await send('/api/schedule', { ...event, times: 1_001 })).status).to.equal(400)
  })

  it('changes what is selected, and says what was refused', async () => {
    const asked: unknown[] = []
    const take = async (one: unknown) => {
      asked.push(one)
      return { id: 'a', date: undefined, dueAtMs: 1, messageId: 'm' }
    }
    const { send } = aConsole({
      cancel: take,
      reschedule: take,
      redrive: () => Promise.reject(new SchedulerError('EVENT_NOT_FOUND', 'There is none.')),
    } as Partial<Client>)
    const events = [
      { id: 'a', date: 1_000 },
      { id: 'b', date: 2_000 },
    ]
    const answer = await send('/api/change', { verb: 'cancel', events })
    expect(await answer.json()).to.deep.equal({ sent: 2, refused: 0 })
    await send('/api/change', { verb: 'reschedule', events, by: '-1s' })
    await send('/api/change', { verb: 'reschedule', events: events.slice(1), to: 'in 5m' })
    expect(asked).to.deep.equal([
      ...events,
      { id: 'a', date: 1_000, new_date: 0 },
      { id: 'b', date: 2_000, new_date: 1_000 },
      { id: 'b', date: 2_000, new_date: { in: '5m' } },
    ])
    const refused = await send('/api/change', { verb: 'redrive', events })
    expect(await refused.json()).to.deep.equal({ sent: 0, refused: 2, error: 'There is none.' })
    const wrong = await send('/api/change', { verb: 'reschedule', events, by: 'a while' })
    expect(await wrong.json()).to.have.property('code', 'DATE_INVALID')
    for (const body of [{ verb: 'delete', events }, { verb: 'cancel', events: [{ id: 5 }] }, { verb: 'cancel' }])
      expect((await send('/api/change', body)).status).to.equal(400)
  })

  it('counts what a change of all that match would change, and changes those of the very span', async () => {
    const filters: unknown[] = []
    const runs: unknown[] = []
    const { send } = aConsole({
      list: ((filter: unknown) => {
        filters.push(filter)
        return list(...Array.from({ length: 7 }, (_, i) => facts(`e${i}`, { dueAtMs: NOW_MS + i })))()
      }) as Client['list'],
      async rescheduleAll(filter, shift) {
        runs.push([filter, shift])
        return { matched: 7, sent: 7, refused: 0, resume: undefined, refusals: [] }
      },
    })
    const filter = { user: 'me', status: ['pending', 'failed'], from: '1h ago', to: 'in 1h' }
    const counted = (await (await send('/api/count', { verb: 'reschedule', ...filter })).json()) as Counted
    expect(counted).to.include({ matched: 7, lastDueAtMs: NOW_MS + 6 })
    expect(counted.first.map(({ id }) => id)).to.deep.equal(['e0', 'e1', 'e2', 'e3', 'e4'])
    const span = { from: NOW_MS - 3_600_000, to: NOW_MS + 3_600_000 }
    expect(filters[0]).to.deep.include({ ...span, user: 'me', status: ['pending'] })
    const { from, until } = counted
    const answer = await send('/api/bulk', { verb: 'reschedule', ...filter, from, until, to: undefined, by: '1h' })
    expect(await answer.json()).to.deep.equal({ sent: 7, refused: 0 })
    const [given, shift] = runs[0] as [object, object]
    expect(given).to.deep.include({ ...span, user: 'me', status: ['pending', 'failed'] })
    expect(shift).to.deep.equal({ by: '1h' })
    expect((await send('/api/bulk', { verb: 'cancel', from, until: 'soon' })).status).to.equal(400)
  })

  it('lets news go on after the last that a page has heard, and hides in them what may quote a payload', async () => {
    const notice = { kind: 'notice', code: 'PAYLOAD_INVALID', error: 'a secret', id: 'a', event: 'a secret' } as const
    const clock = fakeClock(NOW_MS)
    const tail: Client['tail'] = async function* ({ signal } = {}) {
      yield { ...notice, topicArn: 't', takenAtMs: 1 }
      await clock.sleep(60_000, signal)
    }
    const { ask } = aConsole({ tail }, { clock, hidePayloads: true })
    const answer = await ask('/api/live')
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    const first = (await reader?.read())?.value ?? ''
    expect(first).to.match(/^data: \[\]\nid: \S+-0\n\n$/)
    await clock.advance(250)
    const second = (await reader?.read())?.value ?? ''
    expect(second).to.contain('PAYLOAD_INVALID').and.not.contain('secret')
    const id = /^id: (\S+)$/m.exec(second)?.[1] ?? ''
    expect(id).to.match(/-1$/)
    await reader?.cancel()
    const firstOf = async (headers: Record<string, string>, path = '/api/live') => {
      const again = (await ask(path, headers)).body?.pipeThrough(new TextDecoderStream()).getReader()
      const { value = '' } = (await again?.read()) ?? {}
      await again?.cancel()
      return value
    }
    expect(await firstOf({ 'last-event-id': id })).to.match(/^data: \[\]/)
    expect(await firstOf({}, `/api/live?after=${id}`)).to.match(/^data: \[\]/)
    expect(await firstOf({ 'last-event-id': id.replace(/1$/, '0') })).to.contain('PAYLOAD_INVALID')
    // Of another process: its numbers mean nothing here.
    expect(await firstOf({ 'last-event-id': 'other-9' })).to.contain('PAYLOAD_INVALID')
  })

  it('takes ids and words as they are, however hostile', async () => {
    const { ask, send } = aConsole({
      get: async (name) => {
        throw new SchedulerError('ID_INVALID', JSON.stringify(name))
      },
    })
    for (const id of ['../../etc/passwd', '..%2f', '<script>', '\u202e', '%00', 'a'.repeat(5_000)]) {
      const answer = await ask(`/api/event?${new URLSearchParams({ id })}`)
      expect(answer.status, id).to.equal(400)
      expect(answer.headers.get('content-type')).to.contain('application/json')
      expect(answer.headers.get('x-content-type-options')).to.equal('nosniff')
    }
    for (const path of ['/../server/app.ts', '/%2e%2e/%2e%2e/etc/passwd', '/api/..%2f..%2fpackage.json'])
      expect((await ask(path)).status, path).to.equal(404)
    expect((await ask('/api/event?id=a&date=1e99')).status).to.equal(400)
    const broken = await aConsole().ask('/api/change', { [TOKEN_HEADER]: 'x' }, { method: 'POST', body: '{' })
    expect(broken.status).to.equal(403)
    expect((await send('/api/change', '{{')).status).to.equal(400)
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
