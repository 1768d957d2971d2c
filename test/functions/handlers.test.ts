import { expect } from 'chai'
import { createSandbox } from 'sinon'
import type { SchedulerError } from '../../core/errors.ts'
import { slotAt } from '../../core/slot.ts'
import { handler as emitter } from '../../functions/emitter/handler.ts'
import { handler as planner } from '../../functions/planner/handler.ts'
import { handler as settler } from '../../functions/settler/handler.ts'
import { type Dynalite, startDynalite } from '../support/dynalite.ts'

describe('the handlers', () => {
  const sandbox = createSandbox()
  const before_ = { ...process.env }
  let dynamo: Dynalite
  before(async () => {
    dynamo = await startDynalite()
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
      POWERTOOLS_DEV: 'true',
      POWERTOOLS_METRICS_NAMESPACE: 'Scheduler',
      POWERTOOLS_SERVICE_NAME: 'test',
      EVENTS_TABLE: await dynamo.createTable(),
      DELIVER_SLOT_ARN: 'arn:aws:states:eu-west-1:123456789012:stateMachine:deliver-slot',
      FAILURE_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:failure',
      SHARDS: '1',
      RETENTION_DAYS: '2',
      MAX_ATTEMPTS: '3',
    })
  })
  beforeEach(() => {
    sandbox.stub(console, 'log')
    sandbox.stub(console, 'info')
  })
  afterEach(() => sandbox.restore())
  after(async () => {
    for (const name of Object.keys(process.env)) if (!(name in before_)) delete process.env[name]
    Object.assign(process.env, before_)
    await dynamo.stop()
  })

  it('have the planner answer with segments and the time to settle', async () => {
    const plan = await planner({ slot: '2026-11-23T12-34Z-00', ignored: true })
    expect(plan.settleAt).to.equal('2026-11-23T12:35:10Z')
    expect(plan.segments.map(({ wakeAt }) => wakeAt)).to.deep.equal(['2026-11-23T12:33:56Z'])
  })

  it('have the settler answer with the account of a slot, as the console shows it', async () => {
    const slot = '2020-01-01T00-00Z-00'
    const account = {
      events: 0,
      delivered: 0,
      failed: 0,
      cancelled: 0,
      expired: 0,
      retrying: 0,
      moved: 0,
      deliveredBySettler: 0,
    }
    expect(await settler({ slot, reports: [] })).to.deep.include({ settled: true, slot, ...account })
  })

  it('have the settler answer with a time in whole seconds while it is too early, never before it may settle', async () => {
    const slot = slotAt(Date.now() + 600_000, 0)
    const answer = await settler({ slot })
    expect(answer.settled).to.equal(false)
    const { settleAt = '' } = answer as { settleAt?: string }
    expect(settleAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  it('have the emitter deliver by express what is there, and nothing else', async () => {
    const events = [{ slot: '2020-01-01T00-00Z-00', key: '001577836800000#none' }]
    expect(await emitter({ execution: 'one', events })).to.deep.equal({
      delivered: 0,
      failed: 0,
      expired: 0,
      retrying: 0,
    })
  })

  for (const [what, handler, input] of [
    ['the planner', planner, {}],
    ['the settler', settler, { slot: 7 }],
    ['the emitter', emitter, { slot: '2026-11-23T12-34Z-00' }],
    ['the emitter', emitter, { execution: 'one', events: [{ slot: 'a' }] }],
  ] as const)
    it(`have ${what} refuse ${JSON.stringify(input)}`, async () => {
      const invoke = async () => void (await handler(input))
      expect(await invoke().catch(({ code }: SchedulerError) => code)).to.equal('INPUT_INVALID')
    })
})
