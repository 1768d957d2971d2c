import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfirmSubscriptionCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { expect } from 'chai'
import { clientConfig } from '../../../local/aws-account.ts'
import { type LocalOptions, startLocal } from '../../../local/start-local.ts'
import { errorOf } from '../support/client-error.ts'
import { eventually } from '../support/eventually.ts'
import { type Receiver, startReceiver } from '../support/messaging.ts'

// Pulumi keeps the stack in a global of this name: known to mocha beforehand, it is no leak.
Object.assign(globalThis, { stackResource: undefined })

const HANDLER = 'exports.handler = async (event) => { console.info({ message: "called", event }) }'

/** A topic and one subscription to it. */
const program = (args: Partial<aws.sns.TopicSubscriptionArgs>) => async () => {
  const topic = new aws.sns.Topic('topic', { name: 't' })
  const code = new pulumi.asset.AssetArchive({ 'index.js': new pulumi.asset.StringAsset(HANDLER) })
  const fn = new aws.lambda.Function('fn', { name: 'fn', role: 'r', handler: 'index.handler', code })
  const subscription = new aws.sns.TopicSubscription('subscription', {
    topic: topic.arn,
    protocol: 'lambda',
    endpoint: fn.arn,
    ...args,
  })
  return { topicArn: topic.arn, subscriptionArn: subscription.arn }
}

describe('a declared local subscription', () => {
  const folder = mkdtempSync(join(tmpdir(), 'declared-subscription-'))
  let receiver: Receiver
  before(async () => {
    receiver = await startReceiver()
  })
  after(() => {
    receiver.stop()
    rmSync(folder, { recursive: true })
  })

  async function start(args: Partial<aws.sns.TopicSubscriptionArgs>, options: LocalOptions = {}) {
    const local = await startLocal({ ...options, program: program(args) })
    const sns = new SNSClient(clientConfig(local.endpoint))
    const TopicArn = String(local.outputs.topicArn)
    return {
      sns,
      TopicArn,
      subscriptionArn: String(local.outputs.subscriptionArn),
      publish: (Message: string) => sns.send(new PublishCommand({ TopicArn, Message })),
      async stop() {
        sns.destroy()
        await local.stop()
      },
    }
  }

  it('invokes the function of the program', async () => {
    const logs: Record<string, unknown>[] = []
    const local = await start({}, { onLog: (_level, record) => logs.push(record) })
    await local.publish('hello')
    const { event } = await eventually(() => logs[0])
    expect(event).to.have.nested.property('Records[0].Sns.Message', 'hello')
    await local.stop()
  })

  it('of an HTTP endpoint is asked to confirm, and keeps its confirmation when its attributes change', async () => {
    const dataDir = join(folder, 'kept')
    const http = { protocol: 'http', endpoint: receiver.url }
    const before = await start(http, { dataDir })
    await eventually(() => receiver.ofType('SubscriptionConfirmation')[0])
    const { TopicArn, subscriptionArn } = before
    await before.sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: subscriptionArn }))
    await before.stop()
    const after = await start({ ...http, rawMessageDelivery: true }, { dataDir })
    expect(after.subscriptionArn).to.equal(subscriptionArn)
    await after.publish('raw now')
    const [notification] = await eventually(
      () => receiver.ofType('Notification').length > 0 && receiver.ofType('Notification'),
    )
    expect(notification?.body).to.equal('raw now')
    expect(receiver.ofType('SubscriptionConfirmation')).to.have.length(1)
    await after.stop()
  })

  const refused: [title: string, args: Partial<aws.sns.TopicSubscriptionArgs>, reason: string][] = [
    ['by mail', { protocol: 'email', endpoint: 'me@example.com' }, 'email is not served'],
    ['of another machine', { protocol: 'https', endpoint: 'https://example.com/' }, 'example.com is not this machine'],
    [
      'of a queue that is not there',
      { protocol: 'sqs', endpoint: 'arn:aws:sqs:us-east-1:000000000000:none' },
      'there is no queue',
    ],
    [
      'with a redrive policy to no queue',
      { redrivePolicy: '{"deadLetterTargetArn":"none"}' },
      '"none", no queue of the local stack',
    ],
  ]
  for (const [title, args, reason] of refused)
    it(`${title} is refused with the name it has in the program`, async () => {
      const { message } = await errorOf(start(args))
      expect(message).to.contain('aws:sns/topicSubscription:TopicSubscription "subscription": ').and.contain(reason)
    })
})
