import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn'
import { expect } from 'chai'
import { FAILURE, type Inbox, OUTPUT, type Received, schedulerClient, topicArn } from '../support/client.ts'
import { type LocalProcess, startProcess, temporaryFolder } from '../support/local-process.ts'

/** Seconds over which events fall due, and how many there are. */
const SPREAD_SECONDS = Number(process.env.E2E_SECONDS ?? 75)
const EVENTS = 200

const iso = (atMs: number) => new Date(atMs).toISOString()
const bare = (atMs: number) => `${iso(atMs).slice(0, 23)}456`
const withOffset = (atMs: number) => `${iso(atMs + 2 * 3_600_000).slice(0, 23)}+02:00`
const FORMS = [iso, withOffset, bare]

describe('the whole path on the local stack', () => {
  let stack: LocalProcess
  let client: ReturnType<typeof schedulerClient>
  let output: Inbox
  let failure: Inbox
  /** id → the instant before which the event must not arrive, epoch ms. */
  const expected = new Map<string, number>()
  const arrivalsOf = (id: string) => output.received.filter(({ attributes }) => attributes.event_id === id)
  const noticesOf = (id: string) =>
    failure.received.map(({ body }) => JSON.parse(body)).filter(({ event }) => event?.id === id)
  const event = (id: string, date: string, more: object = {}) => ({
    id,
    date,
    target: OUTPUT,
    user: 'e2e',
    payload: `payload of ${id}`,
    ...more,
  })
  const schedule = async (id: string, dueAtMs: number, date: string, more: object = {}) => {
    expected.set(id, dueAtMs)
    await client.publish(event(id, date, more))
  }

  before(async () => {
    stack = await startProcess(temporaryFolder())
    client = schedulerClient(stack.endpoint)
    output = await client.collect(OUTPUT, 'e2e-output')
    failure = await client.collect(FAILURE, 'e2e-failure')
    const start = Date.now()
    for (let i = 0; i < EVENTS; i++) {
      const dueAtMs = start + Math.floor(Math.random() * SPREAD_SECONDS * 1_000)
      await schedule(`random-${i}`, dueAtMs, (FORMS[i % 3] ?? iso)(dueAtMs))
    }
    const now = Date.now()
    await schedule('due-now', now, iso(now))
    await schedule('past', now - 3_600_000, iso(now - 3_600_000))
    await schedule('ancestor', now - 5_000, '2019-07-27T12:20:24.919071')
    for (let copy = 0; copy < 3; copy++) {
      await schedule('twice-past', now - 7_200_000, iso(now - 7_200_000))
      await schedule('twice-now', now + 1_500, iso(now + 1_500))
      await schedule('twice-near', now + 20_000, iso(now + 20_000))
    }
    await client.publish(event('cancelled', iso(now + 15_000)))
    await client.publish({ action: 'cancel', id: 'cancelled', date: iso(now + 15_000) })
    await client.publish(event('moved', iso(now + 12_000)))
    expected.set('moved', now + 25_000)
    await client.publish({
      action: 'reschedule',
      id: 'moved',
      date: iso(now + 12_000),
      new_date: iso(now + 25_000),
      payload: 'moved on',
    })
    await client.publish(event('expired', iso(now - 60_000), { latest: iso(now - 30_000) }))
    await client.publish(event('no-topic', iso(now + 3_000), { target: topicArn('nobody-here') }))
    await client.publish(event('impossible', '2026-02-30T12:00:00Z'))
    await client.publish(event('year-9999', '9999-12-31T23:59:59Z'))
    await client.publish(event('no-user', iso(now), { user: undefined }))
    await client.publish(event('object-payload', iso(now), { payload: { not: 'a string' } }))
    await client.publish(event('surrogate', iso(now), { payload: '\ud800' }))
    await client.publish(event('empty', iso(now), { payload: '' }))
    await client.publish(event('other-account', iso(now), { target: 'arn:aws:sns:us-east-1:111111111111:theirs' }))
    await client.publish('not json')
    await client.publish('"a string"')
    const large = 'x'.repeat(250_000)
    await schedule('large', now + 9_000, iso(now + 9_000), { payload: large })
    const last = Math.max(...expected.values())
    await output.until(
      (received) => new Set(received.map(({ attributes }) => attributes.event_id)).size >= expected.size,
      last - Date.now() + 20_000,
    )
    // Whatever must not come gets the time to come all the same.
    await failure.until(() => false, 3_000)
  })

  after(async () => {
    await Promise.all([output?.stop(), failure?.stop()])
    client?.close()
    await stack?.interrupt()
  })

  it('delivers every event exactly once, and nothing else', () => {
    const counts = Object.fromEntries([...expected.keys()].map((id) => [id, 1]))
    const arrived: Record<string, number> = {}
    for (const { attributes } of output.received)
      arrived[attributes.event_id as string] = (arrived[attributes.event_id as string] ?? 0) + 1
    expect(arrived).to.deep.equal(counts)
  })

  it('delivers nothing before its due time', () => {
    const early = output.received.filter(
      ({ attributes, atMs }) => atMs < (expected.get(attributes.event_id as string) ?? 0),
    )
    expect(early).to.deep.equal([])
  })

  it('delivers the payload as the body, with event_id, due and attempt beside it', () => {
    const [arrival] = arrivalsOf('moved') as [Received]
    expect(arrival.body).to.equal('moved on')
    expect(arrival.attributes).to.deep.equal({ event_id: 'moved', due: iso(expected.get('moved') ?? 0), attempt: '1' })
    expect(arrivalsOf('large')[0]?.body).to.have.lengthOf(250_000)
  })

  const REJECTED = {
    impossible: 'DATE_INVALID',
    'year-9999': 'DATE_OUT_OF_RANGE',
    'no-user': 'USER_MISSING',
    'object-payload': 'PAYLOAD_INVALID',
    surrogate: 'PAYLOAD_INVALID',
    empty: 'PAYLOAD_INVALID',
    'other-account': 'TARGET_NOT_ALLOWED',
    expired: 'EXPIRED',
    'no-topic': 'TARGET_NOT_FOUND',
  }
  for (const [id, code] of Object.entries(REJECTED))
    it(`tells the failure topic once that "${id}" is ${code}`, () => {
      expect(noticesOf(id).map((notice) => notice.code)).to.deep.equal([code])
    })

  it('tells the failure topic of what is no event at all, and of nothing else', () => {
    const notices = failure.received.map(({ body }) => JSON.parse(body))
    const codes = notices.map(({ code }) => code).filter((code) => code.startsWith('MESSAGE_'))
    expect(codes.sort()).to.deep.equal(['MESSAGE_INVALID', 'MESSAGE_NOT_JSON'])
    expect(notices).to.have.lengthOf(Object.keys(REJECTED).length + 2)
  })

  it('lists executions by slot, which tell in their output what became of its events', async () => {
    const sfn = new SFNClient({
      endpoint: stack.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    })
    const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:scheduler-deliver-slot-local'
    const { executions = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' }),
    )
    const [first] = executions
    expect(first?.name).to.match(/^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}Z-00$/)
    const { output: text = '{}' } = await sfn.send(new DescribeExecutionCommand({ executionArn: first?.executionArn }))
    expect(JSON.parse(text))
      .to.include({ settled: true, slot: first?.name })
      .and.to.include.keys('events', 'delivered', 'latenessMs')
    sfn.destroy()
  })

  it('stops cleanly on Ctrl-C', async () => {
    await Promise.all([output.stop(), failure.stop()])
    expect(await stack.interrupt()).to.equal(0)
  })
})
