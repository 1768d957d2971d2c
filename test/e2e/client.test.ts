import { expect } from 'chai'
import {
  type Client,
  createClient,
  type EventToSchedule,
  newId,
  SchedulerError,
  type Tailed,
} from '../../client/index.ts'
import { schedulerClient } from '../support/client.ts'
import { type LocalProcess, startProcess, temporaryFolder } from '../support/local-process.ts'
import { until } from '../support/until.ts'

const TARGET = 'arn:aws:sns:us-east-1:000000000000:scheduler-output-local'
const event = (more: Partial<EventToSchedule> = {}): EventToSchedule => ({
  date: { in: '1h' },
  target: TARGET,
  user: 'e2e',
  payload: 'hello',
  ...more,
})
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (fault: unknown) => (fault instanceof SchedulerError ? fault.code : String(fault)),
  )

describe('the client on the local stack', () => {
  let stack: LocalProcess
  let client: Client
  const listening = new AbortController()
  const heard: Tailed[] = []
  let listener: Promise<void>
  const statusOfId = (id: string) =>
    client.get(id).then(
      ({ status }) => status,
      () => 'not yet',
    )
  /** What was said of an event, once something was. */
  const told = (id: string, kind: Tailed['kind'] = 'delivery'): Promise<Tailed | undefined> =>
    until(() => heard.find((one) => one.id === id && one.kind === kind), { tries: 200 }).catch(() => undefined)

  /** Waits for another event that is due then, epoch ms: what is due before has been told when that is. */
  const allAreToldUntil = async (dueAtMs: number) => {
    const { id } = await client.schedule(event({ date: new Date(dueAtMs) }))
    expect(await told(id)).to.not.equal(undefined)
  }

  before(async () => {
    stack = await startProcess(temporaryFolder())
    client = createClient({ local: true, endpoint: stack.endpoint })
    await new Promise<void>((ready) => {
      const listen = async () => {
        for await (const one of client.tail({ signal: listening.signal, onReady: ready })) heard.push(one)
      }
      listener = listen()
    })
  })
  after(async () => {
    listening.abort()
    await listener
    client.close()
    expect(await stack?.interrupt()).to.equal(0)
  })

  it('finds the stack by its name, by its outputs, and as that of this machine', async () => {
    const { endpoint } = stack
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
    const byName = createClient({ stack: 'local', endpoint, region: 'us-east-1', credentials })
    const expected = await client.stack()
    expect(await byName.stack()).to.deep.equal(expected)
    const { inputTopicArn } = expected
    expect(await createClient({ outputs: { inputTopicArn }, endpoint, credentials }).stack()).to.deep.equal(expected)
    const other = createClient({ stack: 'other', endpoint, region: 'us-east-1', credentials })
    expect(await codeOf(other.schedule(event()))).to.equal('TABLE_NOT_FOUND')
    byName.close()
    other.close()
  })

  it('schedules an event, which arrives', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const { id, dueAtMs } = await client.schedule(event({ date: { in: '1s' }, payload: 'first', traceparent }))
    const expected = { kind: 'delivery', id, dueAtMs, payload: 'first', attempt: 1, topicArn: TARGET, traceparent }
    expect(await told(id)).to.include(expected)
  })

  it('schedules an event whose id was minted before, however often, once', async () => {
    const id = newId()
    const date = new Date(Date.now() + 1_500)
    for (let i = 0; i < 3; i++) await client.schedule(event({ id, date }))
    await told(id)
    await allAreToldUntil(date.getTime() + 500)
    expect(heard.filter((one) => one.id === id)).to.have.length(1)
  })

  it('schedules in local time with its zone', async () => {
    const { dueAtMs } = await client.schedule(event({ date: '2027-03-28T02:30[Europe/Berlin]' }))
    expect(dueAtMs).to.equal(Date.parse('2027-03-28T01:30:00Z'))
  })

  it('schedules a batch, and tells of each event what became of it', async () => {
    const events = async function* () {
      for (let i = 0; i < 45; i++)
        yield event({ id: `batch-${i}`, date: { in: '2s' }, ...(i === 7 && { payload: '' }) })
    }
    const progress: number[] = []
    const report = await client.scheduleBatch(events(), {
      onProgress: ({ scheduled }) => void progress.push(scheduled),
    })
    expect(report).to.include({ scheduled: 44, refused: 1 })
    expect(report.results[7]).to.have.nested.property('error.code', 'PAYLOAD_INVALID')
    expect(progress.at(-1)).to.equal(44)
    for (let i = 0; i < 45; i++) if (i !== 7) expect(await told(`batch-${i}`), `batch-${i}`).to.not.equal(undefined)
  })

  it('cancels an event, which does not arrive', async () => {
    const due = new Date(Date.now() + 5_000)
    const { id, date } = await client.schedule(event({ date: due }))
    await client.cancel({ id, date })
    await allAreToldUntil(due.getTime() + 1_000)
    expect(heard.filter((one) => one.id === id)).to.deep.equal([])
  })

  it('reschedules an event, which arrives then, with another payload', async () => {
    const { id, date } = await client.schedule(event({ date: { in: '1h' } }))
    const { dueAtMs } = await client.reschedule({ id, date, new_date: { in: '2s' }, payload: 'sooner' })
    expect(await told(id)).to.include({ payload: 'sooner', dueAtMs })
  })

  it('hears in a notice what only the stack could know', async () => {
    const { id } = await client.schedule(event({ target: 'arn:aws:sns:us-east-1:999999999999:theirs' }))
    expect(await told(id, 'notice')).to.include({ kind: 'notice', code: 'TARGET_NOT_ALLOWED' })
  })

  it('gets what became of an event: pending, delivered, cancelled, rescheduled, failed, and unknown', async () => {
    const statusOf = async (name: { id: string; date: string | undefined }) => (await client.get(name)).status
    const pending = await client.schedule(event({ payload: 'x'.repeat(5_000) }))
    await until(async () => (await statusOf(pending)) === 'pending')
    expect(await client.get(pending, { payload: true })).to.include({ lane: 'far', payload: 'x'.repeat(5_000) })
    await client.cancel({ id: pending.id, date: pending.date })
    await until(async () => (await statusOf(pending)) === 'cancelled')

    const moved = await client.schedule(event())
    const { dueAtMs } = await client.reschedule({ id: moved.id, date: moved.date, new_date: { in: '3h' } })
    await until(async () => (await client.get(moved)).rescheduledToMs === dueAtMs)

    const delivered = await client.schedule(event({ date: { in: '1s' } }))
    await until(async () => (await statusOf(delivered)) === 'delivered')
    const { deliveredAtMs = 0, lateMs } = await client.get(delivered)
    expect(deliveredAtMs - Number(delivered.dueAtMs)).to.be.within(0, 2_000)
    expect(lateMs).to.be.within(0, 2_000)

    const nowhere = TARGET.replace('scheduler-output-local', 'nobody-here')
    const failed = await client.schedule(event({ date: { in: '1s' }, target: nowhere }))
    await until(async () => (await statusOf(failed)) === 'failed')
    expect((await client.get(failed)).attempts).to.have.length(1)
    expect(await statusOf({ id: newId(), date: pending.date })).to.equal('unknown')
  })

  it('needs no date for an event of an own id: gets, moves, replaces and cancels it', async () => {
    const id = newId()
    await client.schedule(event({ id }))
    await until(async () => (await statusOfId(id)) === 'pending')
    const { dueAtMs } = await client.reschedule({ id, new_date: { in: '2h' } })
    await until(async () => (await client.get(id)).dueAtMs === dueAtMs)
    const replaced = await client.schedule(event({ id, date: { in: '3h' }, replace: true }))
    await until(async () => (await client.get(id)).dueAtMs === replaced.dueAtMs)
    await until(async () => (await client.get({ id, date: dueAtMs })).status === 'cancelled')
    expect(await client.cancel(id)).to.include({ id, date: undefined })
    await until(async () => (await statusOfId(id)) === 'cancelled')
    expect(await codeOf(client.get(newId()))).to.equal('EVENT_NOT_FOUND')
  })

  it('lists, counts, moves and cancels many events, and tells what is due next', async () => {
    const from = Date.now() + 48 * 3_600_000
    const span = { from, to: from + 60_000, user: 'bulk' }
    const events = Array.from({ length: 60 }, (_, i) => event({ id: `bulk-${i}`, user: 'bulk', date: from + i * 500 }))
    await client.scheduleBatch(events)
    const all = async (more = {}) => (await Array.fromAsync(client.list({ ...span, ...more }))).map(({ id }) => id)
    await until(async () => (await all()).length === 60)
    expect(await all({ limit: 2 })).to.deep.equal(['bulk-0', 'bulk-1'])
    expect(await all({ user: 'somebody else' })).to.deep.equal([])
    expect((await client.next(3, span)).map(({ id }) => id)).to.deep.equal(['bulk-0', 'bulk-1', 'bulk-2'])
    const minutes = await Array.fromAsync(client.stats({ from, to: from + 120_000 }))
    expect(minutes.reduce((sum, { events }) => sum + events, 0)).to.equal(60)

    expect(await client.rescheduleAll(span, { by: '30s' }, { dryRun: true })).to.include({ matched: 60, sent: 0 })
    expect(await client.rescheduleAll(span, { by: '30s' })).to.include({ matched: 60, sent: 60, refused: 0 })
    const later = { ...span, to: from + 120_000, status: ['pending'] as const }
    await until(async () => {
      const dues = (await Array.fromAsync(client.list(later))).map(({ dueAtMs }) => dueAtMs - from)
      return dues.length === 60 && dues[0] === 30_000 && dues[59] === 59_500
    })
    expect(await client.cancelAll({ ...span, to: from + 120_000 })).to.include({ matched: 60, sent: 60 })
    await until(async () => (await Array.fromAsync(client.list(later))).length === 0)
  })

  it('has events delivered after all, once their target is there', async () => {
    const target = TARGET.replace('scheduler-output-local', 'late-target')
    const from = Date.now()
    const failed = await Promise.all([1, 2].map(() => client.schedule(event({ date: { in: '1s' }, target }))))
    for (const { id } of failed) expect(await told(id, 'notice')).to.include({ code: 'TARGET_NOT_FOUND' })
    const [first] = failed as [(typeof failed)[0]]
    expect(await codeOf(client.redrive({ id: newId(), date: first.date }))).to.equal('EVENT_NOT_FOUND')
    await schedulerClient(stack.endpoint).createTopic('late-target')
    await client.redrive(first)
    await until(async () => (await client.get(first)).status === 'delivered')
    const span = { from, to: from + 10_000, target }
    expect(await client.redriveAll(span)).to.include({ matched: 1, sent: 1 })
    await until(async () => (await Array.fromAsync(client.list({ ...span, status: 'delivered' }))).length === 2)
  })

  for (const [what, ask, code] of [
    ['a date in words', () => client.schedule(event({ date: 'soon' })), 'DATE_INVALID'],
    ['a zone that there is not', () => client.schedule(event({ date: '2027-01-01T00:00[Mars]' })), 'DATE_INVALID'],
    ['a duration that is none', () => client.schedule(event({ date: { in: 'a while' } })), 'DATE_INVALID'],
    ['a target that is none', () => client.schedule(event({ target: 'my-topic' })), 'TARGET_INVALID'],
    ['no user', () => client.schedule(event({ user: undefined })), 'USER_MISSING'],
    ['a payload too large', () => client.schedule(event({ payload: 'x'.repeat(300_000) })), 'PAYLOAD_TOO_LARGE'],
    ['an id that is none', () => client.cancel({ id: 'an id', date: 0 }), 'ID_INVALID'],
    ['a status that there is not', () => Array.fromAsync(client.list({ status: 'late' as never })), 'FILTER_INVALID'],
    ['an id that is none, to get', () => client.get({ id: '', date: 0 }), 'ID_INVALID'],
    ['a change of many without a span', () => client.cancelAll({} as never), 'FILTER_INVALID'],
    ['no new date', () => client.reschedule({ id: 'one', date: 0, new_date: undefined as never }), 'DATE_INVALID'],
  ] as [string, () => Promise<unknown>, string][])
    it(`refuses ${what} before anything is sent`, async () => {
      expect(await codeOf(ask())).to.equal(code)
    })

  it('says that nothing is there where nothing is', async () => {
    const nowhere = createClient({ local: true, endpoint: 'http://127.0.0.1:9', maxAttempts: 1 })
    expect(await codeOf(nowhere.schedule(event()))).to.equal('TOPIC_UNAVAILABLE')
    nowhere.close()
  })
})
