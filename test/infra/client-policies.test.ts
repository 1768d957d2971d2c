import { expect } from 'chai'
import type { Client } from '../../client/index.ts'
import { due, MINUTE_MS } from '../support/builders.ts'
import { clientOf } from '../support/client-of.ts'
import { allows, ownerLets } from '../support/iam.ts'
import { ACCOUNT, type Recording, recordStack } from '../support/program-recorder.ts'
import type { Request } from '../support/recording-aws.ts'

const arn = (service: string, resource: string, account = ACCOUNT) =>
  `arn:aws:${service}:eu-west-1:${account}:${resource}`
const table = arn('dynamodb', 'table/scheduler-events-dev')
const tailQueue = arn('sqs', 'scheduler-tail-dev-one')
const [input, output, failure] = ['input', 'output', 'failure'].map((part) => arn('sns', `scheduler-${part}-dev`))
const event = { date: { in: '1h' }, target: arn('sns', 'orders'), user: 'me', payload: 'hello' }
/** Two events, the second of which has failed. */
const events = [due(0, { id: 'my-id', payload: 'x'.repeat(10_000) }), due(1, { id: 'failed' })]
const name = { id: 'my-id', date: MINUTE_MS }
const failed = { id: 'failed', date: MINUTE_MS + 1 }
const SPAN = { from: MINUTE_MS, to: MINUTE_MS + 60_000 }

/** Every method that calls AWS, as it is called; with the policies that it needs. */
const CALLS: Record<'read' | 'change' | 'both', Record<string, (client: Client) => unknown>> = {
  change: {
    stack: (client) => client.stack(),
    schedule: (client) => client.schedule(event),
    scheduleBatch: (client) => client.scheduleBatch([event, event]),
    cancel: (client) => client.cancel(name),
    reschedule: (client) => client.reschedule({ ...name, new_date: { in: '2h' } }),
  },
  read: {
    stack: (client) => client.stack(),
    get: (client) => client.get(name, { payload: true }),
    'get by id alone': (client) => client.get('my-id').catch(() => {}),
    list: (client) => Array.fromAsync(client.list()),
    next: (client) => client.next(10),
    stats: (client) => Array.fromAsync(client.stats()),
    tail: (client) => Array.fromAsync(client.tail()),
  },
  both: {
    cancelAll: (client) => client.cancelAll(SPAN),
    rescheduleAll: (client) => client.rescheduleAll(SPAN, { by: '1h' }),
    redrive: (client) => client.redrive(failed),
    redriveAll: (client) => client.redriveAll(SPAN),
  },
}

/** What somebody who took over a client would try, and never may. */
const TEMPTING: Request[] = [
  ...['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'Scan', 'DeleteTable', 'UpdateTable'].map((verb) => ({
    action: `dynamodb:${verb}`,
    resource: table,
  })),
  { action: 'dynamodb:Query', resource: arn('dynamodb', 'table/scheduler-events-prod') },
  { action: 'dynamodb:GetItem', resource: arn('dynamodb', 'table/customers') },
  { action: 'sns:Publish', resource: String(output) },
  { action: 'sns:Publish', resource: String(failure) },
  { action: 'sns:Publish', resource: arn('sns', 'scheduler-input-prod') },
  { action: 'sns:SetTopicAttributes', resource: String(input) },
  { action: 'sns:DeleteTopic', resource: String(input) },
  { action: 'sqs:ReceiveMessage', resource: arn('sqs', 'scheduler-input-dev') },
  { action: 'sqs:ReceiveMessage', resource: arn('sqs', 'scheduler-tail-prod-one') },
  { action: 'sqs:DeleteQueue', resource: arn('sqs', 'scheduler-input-dev') },
  { action: 'sqs:PurgeQueue', resource: tailQueue },
  { action: 'sqs:SetQueueAttributes', resource: tailQueue },
  { action: 'states:StartExecution', resource: arn('states', 'stateMachine:scheduler-deliver-slot-dev') },
  { action: 'lambda:InvokeFunction', resource: arn('lambda', 'function:scheduler-emitter-dev') },
  {
    action: 'sns:Subscribe',
    resource: String(output),
    context: { 'sns:Protocol': 'https', 'sns:Endpoint': 'https://example.com' },
  },
  {
    action: 'sns:Subscribe',
    resource: String(output),
    context: { 'sns:Protocol': 'sqs', 'sns:Endpoint': arn('sqs', 'scheduler-tail-dev-one', '999999999999') },
  },
  {
    action: 'sns:Subscribe',
    resource: String(input),
    context: { 'sns:Protocol': 'sqs', 'sns:Endpoint': tailQueue },
  },
]

const principal = `arn:aws:iam::${ACCOUNT}:role/a-client`

describe('the policies of a client', () => {
  let stack: Recording
  before(async () => {
    stack = await recordStack()
  })
  const policy = (kind: 'Read' | 'Change') => String(stack.outputs[`client${kind}Policy`])
  const permits = (identity: string, { action, resource, context = {} }: Request) =>
    allows({ principal, action, resource, context }, { identity, ofResource: ownerLets(ACCOUNT) })
  const permittedBy = async (kinds: ('Read' | 'Change')[], request: Request) =>
    (await Promise.all(kinds.map((kind) => permits(policy(kind), request)))).some(Boolean)

  /** What calling a method asks of AWS. */
  async function requestsOf(call: (client: Client) => unknown): Promise<Request[]> {
    const { client, table, clock, requests } = await clientOf(events, Array(10).fill('noise'))
    const { slot, key } = events[1] as (typeof events)[number]
    await table.conclude({ slot, key, kind: 'failed', atMs: 1 })
    await clock.advance(120_000)
    requests.splice(0)
    const stop = new AbortController()
    // A queue that is read for ever is read once here.
    const once = {
      ...client,
      tail: () => client.tail({ signal: stop.signal, onReady: () => setTimeout(() => stop.abort(), 5) }),
    }
    await call(once)
    return requests
  }

  for (const [kind, kinds] of [
    ['change', ['Change']],
    ['read', ['Read']],
    ['both', ['Read', 'Change']],
  ] as const)
    for (const [method, call] of Object.entries(CALLS[kind]))
      it(`let a client do what it asks of AWS: ${method}, by ${kinds.join(' and ')}`, async () => {
        const requests = await requestsOf(call)
        expect(requests).to.not.deep.equal([])
        for (const request of requests)
          expect(await permittedBy([...kinds], request), JSON.stringify(request)).to.equal(true)
      })

  for (const request of TEMPTING)
    it(`let nobody ${request.action} on ${request.resource}${request.context ? ` for ${request.context['sns:Endpoint']}` : ''}`, async () => {
      expect(await permittedBy(['Read', 'Change'], request)).to.equal(false)
    })

  it('let nobody who only looks publish, and nobody who only changes look', async () => {
    expect(await permits(policy('Read'), { action: 'sns:Publish', resource: String(input) })).to.equal(false)
    for (const verb of ['Query', 'GetItem', 'BatchGetItem'])
      expect(await permits(policy('Change'), { action: `dynamodb:${verb}`, resource: table })).to.equal(false)
  })

  it('name what some method asks for, and nothing else', async () => {
    const asked = new Set<string>()
    for (const calls of Object.values(CALLS))
      for (const call of Object.values(calls)) for (const { action } of await requestsOf(call)) asked.add(action)
    const named = (['Read', 'Change'] as const).flatMap((kind) =>
      JSON.parse(policy(kind)).Statement.flatMap(({ Action }: { Action: string[] }) => Action),
    )
    expect([...new Set(named)].sort()).to.deep.equal([...asked].sort())
  })

  it('name no resource *', () => {
    for (const kind of ['Read', 'Change'] as const)
      for (const { Resource } of JSON.parse(policy(kind)).Statement) expect(Resource).to.not.include('*')
  })
})
