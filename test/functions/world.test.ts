import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { createSandbox, type SinonStub } from 'sinon'
import { log } from '../../aws/log.ts'
import { systemClock } from '../../aws/system-clock.ts'
import { FIRST_KEY, LAST_KEY } from '../../core/event.ts'
import { worldOnAws } from '../../functions/world.ts'
import { anEvent, FAILURE_TOPIC, topicArn } from '../support/builders.ts'

const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:'
const SETTINGS = {
  INDEX: 'own',
  SHARDS: '4',
  MAX_ATTEMPTS: '5',
  FAILURE_TOPIC_ARN: FAILURE_TOPIC,
  ALLOWED_TARGETS: '["arn:*"]',
  ENFORCE_USER: 'true',
}

describe('the world of a function as deployed', () => {
  const sandbox = createSandbox()
  let server: Server
  /** What AWS was asked, and what it answers, by the end of the action's name. */
  let asked: string[]
  let answers: Record<string, string>

  beforeEach(async () => {
    asked = []
    answers = { StartExecution: '{"executionArn": "a", "startDate": 1}' }
    server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString()
      asked.push(body)
      const action = String(request.headers['x-amz-target']).split('.')[1] ?? ''
      response.end(answers[action] ?? '{}')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
  })
  afterEach(() => {
    sandbox.restore()
    server.closeAllConnections()
    server.close()
  })

  /** Its variables are these, and no others of the scheduler's. */
  function withVariables(variables: NodeJS.ProcessEnv): void {
    const { port } = server.address() as AddressInfo
    const aws = { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_REGION: 'eu-west-1' }
    const credentials = { AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' }
    sandbox.stub(process, 'env').value({ ...process.env, ...aws, ...credentials, ...variables })
  }

  it('has the settings that its variables say', () => {
    withVariables(SETTINGS)
    expect(worldOnAws('index', 'shards', 'maxAttempts', 'failureTopicArn', 'rules')).to.deep.equal({
      index: 'own',
      shards: 4,
      maxAttempts: 5,
      failureTopicArn: FAILURE_TOPIC,
      rules: { allowedTargets: ['arn:*'], enforceUser: true },
    })
  })

  it('needs no variables but those of the parts that are asked for', async () => {
    withVariables({})
    const { clock, random, log: said, warmUp } = worldOnAws('clock', 'random', 'log', 'warmUp')
    expect([clock, random, said]).to.deep.equal([systemClock, Math.random, log])
    expect(await warmUp(0)).to.equal(0)
    for (const part of ['table', 'runners', 'express', 'shards'] as const) expect(() => worldOnAws(part)).to.throw()
  })

  it('has the table that is named, and says in the log what of it cannot be read', async () => {
    sandbox.stub(console, 'warn')
    withVariables({ EVENTS_TABLE: 'the-events', RETENTION_DAYS: '7' })
    const { table } = worldOnAws('table')
    await table.park([anEvent()])
    expect(JSON.parse(asked[0] ?? '').RequestItems).to.have.keys('the-events')
    answers.Query = '{"Items": [{"pk": {"S": "a slot"}, "sk": {"S": "event#1"}}]}'
    expect(await Array.fromAsync(table.eventsBetween('a slot', FIRST_KEY, LAST_KEY))).to.deep.equal([[]])
    const [[line] = []] = (console.warn as SinonStub).args
    expect(line).to.include({ message: 'item that this version cannot read', pk: 'a slot', sk: 'event#1' })
  })

  it('starts the state machines that are named', async () => {
    withVariables({ DELIVER_SLOT_ARN: `${MACHINE}slot`, DELIVER_NOW_ARN: `${MACHINE}now` })
    const { runners, express } = worldOnAws('runners', 'express')
    await runners.start('a-slot', '{}')
    await express.deliver('2026-11-23T12:34:00Z', [anEvent()])
    const machines = asked.map((body) => JSON.parse(body).stateMachineArn)
    expect(machines).to.deep.equal([`${MACHINE}slot`, `${MACHINE}now`])
  })

  it('publishes to topics', async () => {
    withVariables({})
    await worldOnAws('topics').topics.publish(topicArn(), [anEvent()])
    expect(new URLSearchParams(asked[0]).get('TopicArn')).to.equal(topicArn())
  })
})
