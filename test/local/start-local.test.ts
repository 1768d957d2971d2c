import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PublishBatchCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { expect } from 'chai'
import { clientConfig } from '../../local/aws-account.ts'
import type { Publication } from '../../local/publications.ts'
import { startLocal } from '../../local/start-local.ts'
import { errorOf } from './support/client-error.ts'
import { eventually } from './support/eventually.ts'

// Pulumi keeps the stack in a global of this name: known to mocha beforehand, it is no leak.
Object.assign(globalThis, { stackResource: undefined })

const HANDLER = 'exports.handler = async (event) => { console.info({ message: "called", event }) }'

/** A topic, a queue on it and a function on that, a table and a schedule. */
const program =
  (table: Partial<aws.dynamodb.TableArgs> = {}) =>
  async () => {
    const topic = new aws.sns.Topic('topic', { name: 'in' })
    const queue = new aws.sqs.Queue('queue', { name: 'in', visibilityTimeoutSeconds: 60 })
    new aws.sns.TopicSubscription('subscription', { topic: topic.arn, protocol: 'sqs', endpoint: queue.arn })
    const attributes = [{ name: 'pk', type: 'S' }]
    const events = new aws.dynamodb.Table('table', { name: 'table', hashKey: 'pk', attributes, ...table })
    const code = new pulumi.asset.AssetArchive({ 'index.js': new pulumi.asset.StringAsset(HANDLER) })
    const fn = new aws.lambda.Function('fn', { name: 'fn', role: 'r', handler: 'index.handler', code })
    new aws.lambda.EventSourceMapping('mapping', { eventSourceArn: queue.arn, functionName: fn.name })
    return { topicArn: topic.arn, tableArn: events.arn, secret: pulumi.secret('s') }
  }

describe('startLocal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'start-local-'))
  after(() => rmSync(folder, { recursive: true }))

  it('makes what the program declares, and stops', async () => {
    const logs: Record<string, unknown>[] = []
    const local = await startLocal({ program: program(), onLog: (_level, record) => logs.push(record) })
    expect(local.outputs).to.deep.equal({
      topicArn: 'arn:aws:sns:us-east-1:000000000000:in',
      tableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/table',
      secret: 's',
    })
    const sns = new SNSClient(clientConfig(local.endpoint))
    await sns.send(new PublishCommand({ TopicArn: String(local.outputs.topicArn), Message: 'hello' }))
    const { event } = await eventually(() => logs[0])
    expect(JSON.parse((event as { Records: { body: string }[] }).Records[0]?.body ?? '').Message).to.equal('hello')
    await local.stop()
    expect(await errorOf(fetch(local.endpoint))).to.be.instanceOf(TypeError)
  })

  it('starts again on the same data', async () => {
    const dataDir = join(folder, 'again')
    for (let run = 0; run < 2; run++) await (await startLocal({ program: program(), dataDir })).stop()
  })

  it('says so when the data does not fit the program any more, and begins anew when told to', async () => {
    const dataDir = join(folder, 'changed')
    await (await startLocal({ program: program(), dataDir })).stop()
    const changed = program({ hashKey: 'id', attributes: [{ name: 'id', type: 'S' }] })
    const error = await errorOf(startLocal({ program: changed, dataDir }))
    expect(error.message).to.contain('aws:dynamodb/table:Table "table"').and.contain('--fresh')
    await (await startLocal({ program: changed, dataDir, fresh: true })).stop()
  })

  it('names a resource of a type that it does not know', async () => {
    const withBucket = async () => ({ name: new aws.s3.Bucket('bucket').bucket })
    const error = await errorOf(startLocal({ program: withBucket }))
    expect(error.message).to.equal(
      'aws:s3/bucket:Bucket "bucket": the local stack does not know this type; teach it in local/resources/',
    )
  })

  it('passes on what the program throws', async () => {
    const broken = async () => {
      throw new Error('shards is 0')
    }
    expect((await errorOf(startLocal({ program: broken }))).message).to.contain('shards is 0')
  })

  it('says which function does not load', async () => {
    const code = new pulumi.asset.AssetArchive({ 'index.js': new pulumi.asset.StringAsset('throw new Error("no")') })
    const broken = async () => ({
      arn: new aws.lambda.Function('fn', { name: 'fn', role: 'r', handler: 'index.handler', code }).arn,
    })
    expect((await errorOf(startLocal({ program: broken }))).message).to.equal('fn does not start: no')
  })

  it('tells of each step, and answers for its readiness meanwhile', async () => {
    const steps: string[] = []
    const onProgress = (step: string) => steps.push(step)
    let early: Response | undefined
    // Asked from within the program, which runs in the midst of the start.
    const asking = async () => {
      early = await fetch(`http://127.0.0.1:${port}/health`)
      return {}
    }
    const port = await freePort()
    const local = await startLocal({ port, program: asking, onProgress })
    expect(early?.status).to.equal(503)
    expect(await early?.text()).to.contain(steps[1])
    expect((await fetch(`${local.endpoint}/health`)).status).to.equal(200)
    expect(steps).to.have.lengthOf(3)
    await local.stop()
  })

  it('tells of each message that a topic takes', async () => {
    const published: Publication[] = []
    const local = await startLocal({ program: program(), onPublish: (publication) => published.push(publication) })
    const sns = new SNSClient(clientConfig(local.endpoint))
    const TopicArn = String(local.outputs.topicArn)
    const MessageAttributes = { event_id: { DataType: 'String', StringValue: 'a' } }
    await sns.send(new PublishCommand({ TopicArn, Message: 'one', MessageAttributes }))
    const entries = [{ Id: '1', Message: 'two', MessageAttributes }]
    await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }))
    await local.stop()
    const attributes = { event_id: 'a' }
    expect(published.map(({ takenAtMs, ...rest }) => [rest, Date.now() - takenAtMs < 60_000])).to.deep.equal([
      [{ topicArn: TopicArn, body: 'one', attributes }, true],
      [{ topicArn: TopicArn, body: 'two', attributes }, true],
    ])
  })

  it('leaves the process that it runs in as it was', async () => {
    const state = () => ({
      variables: { ...process.env },
      folder: process.cwd(),
      listeners: Object.fromEntries(
        process.eventNames().map((name) => [String(name), process.listenerCount(String(name))]),
      ),
    })
    const before = state()
    const local = await startLocal({ program: program() })
    expect(state()).to.deep.equal(before)
    await local.stop()
    expect(state()).to.deep.equal(before)
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
