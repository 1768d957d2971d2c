import { readdirSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { expect } from 'chai'
import { type Local, startLocal } from '../../local/start-local.ts'
import { OUTPUT, schedulerClient } from '../support/client.ts'
import { type Example, hasBoto3, startExample } from '../support/example.ts'
import { type LocalProcess, startProcess, temporaryFolder } from '../support/local-process.ts'
import { until } from '../support/until.ts'

const EXAMPLES = join(import.meta.dirname, '../../examples')
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()

describe('the examples', () => {
  it('are all told of, and nothing else is', () => {
    const told = readFileSync(join(EXAMPLES, 'README.md'), 'utf8').matchAll(/\]\(([^)]+)\)/g)
    const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
    const programs = files.filter((path) => /^(consumers|publishers)\/|^lambda-consumer$/.test(path))
    expect([...told].map(([, path]) => path).sort()).to.deep.equal(programs.sort())
  })

  describe('on a stack of their own', () => {
    let stack: LocalProcess
    let client: ReturnType<typeof schedulerClient>
    let running: Example[] = []
    const start = (path: string, variables?: Record<string, string>) => {
      const example = startExample(path, stack.endpoint, variables)
      running.push(example)
      return example
    }
    const schedule = (id: string, payload: string) =>
      client.publish({ id, date: inMs(1_000), target: OUTPUT, user: 'test', payload })

    before(async () => {
      stack = await startProcess(temporaryFolder())
      client = schedulerClient(stack.endpoint)
    })
    afterEach(async () => {
      for (const example of running) await example.stop()
      running = []
    })
    after(async () => {
      client.close()
      await stack.interrupt()
    })

    it('receive from a queue, raw', async () => {
      const consumer = start('consumers/sqs-raw.ts')
      await consumer.line(/^ready$/)
      await schedule('raw-1', 'a raw payload')
      expect(await consumer.line(/^raw-1/)).to.match(/^raw-1 due \d{4}-.*Z, attempt 1: a raw payload$/)
    })

    it('receive from a queue, in the envelope', async () => {
      const consumer = start('consumers/sqs-envelope.ts')
      await consumer.line(/^ready$/)
      await schedule('envelope-1', 'an enveloped payload')
      expect(await consumer.line(/^envelope-1/)).to.match(/^envelope-1 due \d{4}-.*Z: an enveloped payload$/)
    })

    it('receive at an endpoint, once it has confirmed that it wants to', async () => {
      const consumer = start('consumers/https.ts', { PORT: '0' })
      await consumer.line(/^ready$/)
      await schedule('endpoint-1', 'a posted payload')
      expect(await consumer.line(/^endpoint-1/)).to.match(/^endpoint-1 due \d{4}-.*Z: a posted payload$/)
    })

    it('are reminded again and again, without drifting', async () => {
      const consumer = start('consumers/remind-again.ts', { EVERY_MS: '2000' })
      await consumer.line(/^ready$/)
      await schedule('again', 'drink water')
      const first = Date.parse((await consumer.line(/^again/)).split(' ')[2]?.slice(0, -1) ?? '')
      for (const turn of [1, 2])
        await consumer.line(new RegExp(`^again due ${new Date(first + turn * 2_000).toISOString()}: drink water$`))
    })

    it('schedule a hundred events at once, in TypeScript', async () => {
      const inbox = await client.collect(OUTPUT, 'bulk-ts')
      const publisher = start('publishers/bulk.ts', { COUNT: '100' })
      await publisher.ended
      const ids = () => new Set(inbox.received.map(({ attributes }) => attributes.event_id))
      const all = Array.from({ length: 100 }, (_, i) => `bulk-ts-${i}`)
      await inbox.until(() => all.every((id) => ids().has(id)), 60_000)
      expect([...ids()].filter((id) => id?.startsWith('bulk-ts-'))).to.have.members(all)
      await inbox.stop()
    })

    it('schedule by the client, change their mind, and hear what comes of it', async () => {
      const publisher = start('publishers/client.ts')
      await publisher.ended
      const [first, moved, ready, heard] = publisher.lines
      expect(first).to.match(/^to be reminded at \d{4}-/)
      expect(moved).to.match(/^now at \d{4}-/)
      expect(ready).to.equal('ready')
      expect(heard).to.match(/^order 4711 is not paid, \d+ ms late$/)
    })

    for (const [path, count, prefix] of [
      ['publishers/bulk.py', 100, 'number '],
      ['publishers/ancestor.py', 1, '46607451'],
    ] as const)
      it(`schedule in Python: ${path}`, async function () {
        if (!hasBoto3()) {
          console.log('      skipped: no boto3 for /usr/bin/python3 (apt-get install python3-boto3)')
          return this.skip()
        }
        const inbox = await client.collect(OUTPUT, `python-${count}`)
        await start(path, { COUNT: '100' }).ended
        const arrived = () =>
          new Set(inbox.received.filter(({ body }) => body.startsWith(prefix)).map(({ body }) => body))
        await inbox.until(() => arrived().size === count, 60_000)
        expect(arrived().size).to.equal(count)
        await inbox.stop()
      })
  })

  describe('as a program of their own', () => {
    let local: Local
    let config: object
    before(async () => {
      const source = new URL('../../infra/pulumi.ts', import.meta.url).href
      const hooks = registerHooks({
        resolve: (specifier, context, next) =>
          specifier === 'aws-scheduler/pulumi' ? { url: source, shortCircuit: true } : next(specifier, context),
      })
      const program = async () => ({ ...(await import('../../examples/lambda-consumer/index.ts')) })
      local = await startLocal({ program })
      hooks.deregister()
      config = {
        endpoint: local.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      }
    })
    after(() => local.stop())

    it('have a function handle each event, once though it is delivered twice', async () => {
      const { inputTopicArn, targetArn, remindedTable } = local.outputs as Record<string, string>
      const sns = new SNSClient(config)
      const table = new DynamoDBClient(config)
      const publish = (TopicArn: string | undefined, message: object) =>
        sns.send(new PublishCommand({ TopicArn, Message: JSON.stringify(message) }))
      for (const id of ['one', 'two'])
        await publish(inputTopicArn, {
          id,
          date: inMs(1_500),
          target: targetArn,
          user: 'test',
          payload: `remind ${id}`,
        })
      const reminded = async () => {
        const { Items = [] } = await table.send(new ScanCommand({ TableName: remindedTable, ConsistentRead: true }))
        return Items.map(({ sk, payload }) => `${sk?.S}: ${payload?.S}`).sort()
      }
      const comesToHold = (...expected: string[]) =>
        until(async () => expect(await reminded()).to.deep.equal(expected), { tries: 600, everyMs: 100 })
      await comesToHold('one: remind one', 'two: remind two')
      // As SNS may: the same event a second time, which must change nothing.
      const attribute = (StringValue: string) => ({ DataType: 'String', StringValue })
      const MessageAttributes = { event_id: attribute('one'), due: attribute(inMs(0)), attempt: attribute('1') }
      await sns.send(new PublishCommand({ TopicArn: targetArn, Message: 'remind one again', MessageAttributes }))
      await publish(inputTopicArn, {
        id: 'three',
        date: inMs(500),
        target: targetArn,
        user: 'test',
        payload: 'remind three',
      })
      await comesToHold('one: remind one', 'three: remind three', 'two: remind two')
    })
  })
})
