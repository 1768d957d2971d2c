import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ListSubscriptionsByTopicCommand, PublishCommand, UnsubscribeCommand } from '@aws-sdk/client-sns'
import { expect } from 'chai'
import { makeQueue, makeTopic, receive, startSnsAndSqs, subscribe } from './support/messaging.ts'

describe('a queue by which somebody tails the local stack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tails-'))
  after(() => rmSync(folder, { recursive: true }))

  it('gets what its topic sends, and is gone with its subscription and its messages after a stop, others are not', async () => {
    const first = await startSnsAndSqs({}, folder)
    const TopicArn = await makeTopic(first)
    const [tail, other] = [await makeQueue(first, 'scheduler-tail-local-one'), await makeQueue(first, 'other')]
    const listen = ({ arn }: typeof tail) => subscribe(first, { TopicArn, Protocol: 'sqs', Endpoint: arn })
    await listen(tail)
    const subscriptionArn = await listen(other)
    await first.sns.send(new PublishCommand({ TopicArn, Message: 'm' }))
    expect(await receive(first, tail.QueueUrl)).to.have.length(1)
    await first.sns.send(new PublishCommand({ TopicArn, Message: 'n' }))
    await first.stop()
    const second = await startSnsAndSqs({}, folder)
    expect([...second.messaging.queues.allQueues()].map(({ name }) => name)).to.deep.equal(['other'])
    const { Subscriptions = [] } = await second.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))
    expect(Subscriptions.map(({ SubscriptionArn }) => SubscriptionArn)).to.deep.equal([subscriptionArn])
    await second.sns.send(new PublishCommand({ TopicArn, Message: 'o' }))
    expect(await receive(second, `${second.endpoint}/000000000000/other`)).to.have.length(3)
    await second.stop()
  })

  it('is unsubscribed and removed like any other', async () => {
    const local = await startSnsAndSqs({}, folder)
    const TopicArn = await makeTopic(local)
    const { arn } = await makeQueue(local, 'scheduler-tail-local-two')
    const SubscriptionArn = await subscribe(local, { TopicArn, Protocol: 'sqs', Endpoint: arn })
    await local.sns.send(new UnsubscribeCommand({ SubscriptionArn }))
    const { Subscriptions = [] } = await local.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))
    expect(Subscriptions.map(({ Endpoint }) => Endpoint)).to.not.include(arn)
    await local.stop()
  })
})
