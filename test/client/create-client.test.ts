import { expect } from 'chai'
import { createClient } from '../../client/create-client.ts'
import { answering, awsError, type Call, published } from '../support/aws-client.ts'
import { MINUTE_MS, topicArn } from '../support/builders.ts'
import { fakeClock } from '../support/fake-clock.ts'

const INPUT = topicArn('scheduler-input-dev')
const EVENT = { date: { in: '1m' }, target: topicArn(), user: 'me', payload: 'hello' }

function clientOf(answer: (call: Call) => object = published) {
  const sns = answering(answer)
  const options = { outputs: { inputTopicArn: INPUT }, clients: { sns }, clock: fakeClock(MINUTE_MS) }
  return { client: createClient(options), sns, options }
}

describe('a client', () => {
  it('calls nothing before it is asked for something', () => {
    expect(clientOf().sns.calls).to.deep.equal([])
  })

  it('publishes to the input topic of its stack what it is asked for, from now on by its clock', async () => {
    const { client, sns } = clientOf()
    const receipt = await client.schedule({ ...EVENT, id: 'my-id' })
    const [call] = sns.calls
    expect(call?.input.TopicArn).to.equal(INPUT)
    expect(JSON.parse(String(call?.input.Message))).to.deep.equal({
      ...EVENT,
      id: 'my-id',
      date: '2026-11-23T12:35:00.000Z',
    })
    const { messageId, ...rest } = receipt
    expect(rest).to.deep.equal({ id: 'my-id', date: '2026-11-23T12:35:00.000Z', dueAtMs: MINUTE_MS + 60_000 })
    expect(messageId).to.equal(`id-${call?.input.Message}`)
  })

  for (const [what, ask] of [
    ['schedule', (client) => client.schedule({ ...EVENT, target: 'nowhere' })],
    ['cancel', (client) => client.cancel({ id: 'an id', date: MINUTE_MS })],
    ['reschedule', (client) => client.reschedule({ id: 'my-id', date: MINUTE_MS, new_date: 'soon' })],
  ] as [string, (client: ReturnType<typeof createClient>) => Promise<unknown>][])
    it(`sends nothing that would be refused: ${what}`, async () => {
      const { client, sns } = clientOf()
      const fault = await ask(client).catch((error: unknown) => error)
      expect(fault).to.have.property('name', 'SchedulerError')
      expect(sns.calls).to.deep.equal([])
    })

  it('tells what it would send of an event, and sends nothing', async () => {
    const { client, sns } = clientOf()
    const { text, bytes, ...rest } = await client.preview({ ...EVENT, id: 'my-id', payload: 'é' })
    expect(JSON.parse(text)).to.deep.equal({ ...EVENT, id: 'my-id', payload: 'é', date: '2026-11-23T12:35:00.000Z' })
    expect(bytes).to.equal(Buffer.byteLength(text))
    expect(rest).to.deep.equal({ id: 'my-id', date: '2026-11-23T12:35:00.000Z', dueAtMs: MINUTE_MS + 60_000 })
    const fault = await client.preview({ ...EVENT, date: 'soon' }).catch((error: unknown) => error)
    expect(fault).to.have.property('code', 'DATE_INVALID')
    expect(sns.calls).to.deep.equal([])
  })

  it('sends many in requests of ten', async () => {
    const { client, sns } = clientOf()
    const { scheduled } = await client.scheduleBatch(Array.from({ length: 25 }, () => EVENT))
    expect(scheduled).to.equal(25)
    expect(sns.calls).to.have.length(3)
  })

  it('knows of the settings of its stack what it is told', async () => {
    const { options, sns } = clientOf()
    const { user: _, ...anonymous } = EVENT
    const strict = await createClient(options)
      .schedule(anonymous)
      .catch((error) => error)
    expect(strict).to.have.property('code', 'USER_MISSING')
    await createClient({ ...options, rules: { enforceUser: false } }).schedule(anonymous)
    expect(sns.calls).to.have.length(1)
  })

  it('finds its stack once, and looks again where it could not', async () => {
    let there = false
    const table = 'arn:aws:dynamodb:eu-west-1:123456789012:table/scheduler-events-dev'
    const dynamodb = answering(() => {
      if (!there) throw awsError('ResourceNotFoundException')
      return { Table: { TableArn: table } }
    })
    const client = createClient({ stack: 'dev', clients: { dynamodb } })
    expect(await client.stack().catch(({ code }) => code)).to.equal('TABLE_NOT_FOUND')
    there = true
    expect(await client.stack()).to.have.property('inputTopicArn', INPUT)
    await client.stack()
    expect(dynamodb.calls).to.have.length(2)
  })
})
