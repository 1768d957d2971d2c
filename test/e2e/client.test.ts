import { expect } from 'chai'
import {
  type Client,
  createClient,
  type EventToSchedule,
  newId,
  SchedulerError,
  type Tailed,
} from '../../client/index.ts'
import { type LocalProcess, startProcess, temporaryFolder } from '../support/local-process.ts'

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
  /** What was said of an event, once something was. */
  const told = async (id: string, kind: Tailed['kind'] = 'delivery'): Promise<Tailed | undefined> => {
    for (let tries = 0; tries < 200; tries++) {
      const found = heard.find((one) => one.id === id && one.kind === kind)
      if (found) return found
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return undefined
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
    const { id, dueAtMs } = await client.schedule(event({ date: { in: '1s' }, payload: 'first' }))
    expect(await told(id)).to.include({ kind: 'delivery', id, dueAtMs, payload: 'first', attempt: 1, topicArn: TARGET })
  })

  it('schedules an event whose id was minted before, however often, once', async () => {
    const id = newId()
    const date = new Date(Date.now() + 1_500)
    for (let i = 0; i < 3; i++) await client.schedule(event({ id, date }))
    await told(id)
    await new Promise((resolve) => setTimeout(resolve, 500))
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
    const { id, date } = await client.schedule(event({ date: { in: '5s' } }))
    await client.cancel({ id, date })
    await new Promise((resolve) => setTimeout(resolve, 6_000))
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

  for (const [what, ask, code] of [
    ['a date in words', () => client.schedule(event({ date: 'soon' })), 'DATE_INVALID'],
    ['a zone that there is not', () => client.schedule(event({ date: '2027-01-01T00:00[Mars]' })), 'DATE_INVALID'],
    ['a duration that is none', () => client.schedule(event({ date: { in: 'a while' } })), 'DATE_INVALID'],
    ['a target that is none', () => client.schedule(event({ target: 'my-topic' })), 'TARGET_INVALID'],
    ['no user', () => client.schedule(event({ user: undefined })), 'USER_MISSING'],
    ['a payload too large', () => client.schedule(event({ payload: 'x'.repeat(300_000) })), 'PAYLOAD_TOO_LARGE'],
    ['an id that is none', () => client.cancel({ id: 'an id', date: 0 }), 'ID_INVALID'],
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
