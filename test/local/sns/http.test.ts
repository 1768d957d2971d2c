import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ConfirmSubscriptionCommand,
  ListSubscriptionsByTopicCommand,
  PublishBatchCommand,
  PublishCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { expect } from 'chai'
import { errorOf } from '../support/client-error.ts'
import { eventually } from '../support/eventually.ts'
import {
  makeQueue,
  makeTopic,
  type Receiver,
  receive,
  type SnsAndSqs,
  startReceiver,
  startSnsAndSqs,
  subscribe,
} from '../support/messaging.ts'

describe('a local subscription by HTTP', () => {
  let local: SnsAndSqs
  let receiver: Receiver
  let TopicArn: string
  const receivers: Receiver[] = []
  const startEndpoint = async (answer?: (request: number) => number) => {
    const started = await startReceiver(answer)
    receivers.push(started)
    return started
  }
  beforeEach(async () => {
    local = await startSnsAndSqs()
    receiver = await startEndpoint()
    TopicArn = await makeTopic(local)
  })
  afterEach(async () => {
    for (const each of receivers.splice(0)) each.stop()
    await local.stop()
  })

  const subscribeUrl = (Endpoint: string, Attributes = {}) =>
    subscribe(local, { TopicArn, Protocol: 'http', Endpoint, Attributes })
  const confirmed = async (Endpoint: string, Attributes = {}) => {
    const arn = await subscribeUrl(Endpoint, Attributes)
    await local.sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: arn }))
    return arn
  }
  const publish = (more: object) => local.sns.send(new PublishCommand({ TopicArn, Message: 'm', ...more }))
  const notifications = (count: number) =>
    eventually(() => {
      const found = receiver.ofType('Notification')
      return found.length >= count && found
    })
  const confirmation = async () => {
    const asked = await eventually(() => receiver.ofType('SubscriptionConfirmation')[0])
    return { ...asked, message: JSON.parse(asked.body) as Record<string, string> }
  }
  const listed = async () =>
    (await local.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions?.map(
      ({ SubscriptionArn }) => SubscriptionArn,
    )

  it('is asked to confirm, and has no ARN until it does', async () => {
    const wanted = { TopicArn, Protocol: 'http', Endpoint: receiver.url }
    const { SubscriptionArn } = await local.sns.send(new SubscribeCommand(wanted))
    expect(SubscriptionArn).to.equal('pending confirmation')
    expect(await listed()).to.deep.equal(['PendingConfirmation'])
    const { headers, message } = await confirmation()
    expect(message).to.include({ Type: 'SubscriptionConfirmation', TopicArn })
    expect(message).to.include.keys('MessageId', 'Token', 'Message', 'SubscribeURL', 'Timestamp', 'SignatureVersion')
    expect(headers).to.include({ 'x-amz-sns-topic-arn': TopicArn, 'x-amz-sns-message-id': message.MessageId })
    expect(headers['content-type']).to.equal('text/plain; charset=UTF-8')
  })

  it('gets nothing before it is confirmed', async () => {
    await subscribeUrl(receiver.url)
    await publish({ Message: 'too early' })
    await local.sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: (await confirmation()).message.Token }))
    await publish({ Message: 'in time' })
    expect((await notifications(1)).map(({ body }) => JSON.parse(body).Message)).to.deep.equal(['in time'])
  })

  it('is confirmed by whoever follows the link, and ended by the link in a message', async () => {
    await subscribeUrl(receiver.url)
    const followed = await fetch((await confirmation()).message.SubscribeURL as string)
    expect(followed.status).to.equal(200)
    expect((await listed())?.[0]).to.match(new RegExp(`^${TopicArn}:`))
    await publish({})
    const [notification] = await notifications(1)
    await fetch(JSON.parse(notification?.body ?? '').UnsubscribeURL)
    expect(await listed()).to.deep.equal([])
  })

  it('is not confirmed by a wrong token', async () => {
    await subscribeUrl(receiver.url)
    const error = await errorOf(local.sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: 'wrong' })))
    expect(error.name).to.equal('InvalidParameterException')
    expect(await listed()).to.deep.equal(['PendingConfirmation'])
  })

  it('is asked again when it is subscribed again', async () => {
    const first = await subscribeUrl(receiver.url)
    expect(await subscribeUrl(receiver.url)).to.equal(first)
    await eventually(() => receiver.ofType('SubscriptionConfirmation').length === 2)
  })

  it('gets a message in its envelope', async () => {
    const arn = await confirmed(receiver.url)
    const MessageAttributes = { n: { DataType: 'Number', StringValue: '7' } }
    const { MessageId } = await publish({ Message: 'm', Subject: 's', MessageAttributes })
    const [{ headers, body } = expect.fail()] = await notifications(1)
    const envelope = JSON.parse(body)
    expect(envelope).to.include({ Type: 'Notification', MessageId, TopicArn, Subject: 's', Message: 'm' })
    expect(envelope.MessageAttributes).to.deep.equal({ n: { Type: 'Number', Value: '7' } })
    expect(envelope).to.include.keys('Timestamp', 'SignatureVersion', 'Signature', 'SigningCertURL', 'UnsubscribeURL')
    expect(headers).to.include({
      'x-amz-sns-message-id': MessageId,
      'x-amz-sns-topic-arn': TopicArn,
      'x-amz-sns-subscription-arn': arn,
    })
    expect(headers).to.not.have.property('x-amz-sns-rawdelivery')
  })

  it('gets a message raw', async () => {
    await confirmed(receiver.url, { RawMessageDelivery: 'true' })
    await publish({ Message: 'ü' })
    const [{ headers, body } = expect.fail()] = await notifications(1)
    expect(body).to.equal('ü')
    expect(headers).to.include({ 'x-amz-sns-rawdelivery': 'true' })
  })

  it('gets each message of a batch under the id that publishing returned', async () => {
    await confirmed(receiver.url, { RawMessageDelivery: 'true' })
    const entries = ['a', 'b'].map((Id) => ({ Id, Message: Id.toUpperCase() }))
    const { Successful } = await local.sns.send(
      new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }),
    )
    const got = (await notifications(2)).map(({ headers, body }) => [body, headers['x-amz-sns-message-id']])
    expect(Object.fromEntries(got)).to.deep.equal(
      Object.fromEntries((Successful ?? []).map(({ Id = '', MessageId }) => [Id.toUpperCase(), MessageId])),
    )
  })

  it('gets what its filter policy lets through, by attributes or by body', async () => {
    await confirmed(receiver.url, { FilterPolicy: '{"kind":["good"]}', RawMessageDelivery: 'true' })
    const byBody = await startEndpoint()
    await confirmed(byBody.url, {
      FilterPolicy: '{"kind":["good"]}',
      FilterPolicyScope: 'MessageBody',
      RawMessageDelivery: 'true',
    })
    const kind = (StringValue: string) => ({ kind: { DataType: 'String', StringValue } })
    await publish({ Message: '{"kind":"bad"}', MessageAttributes: kind('good') })
    await publish({ Message: '{"kind":"good"}', MessageAttributes: kind('bad') })
    await publish({ Message: '{"kind":"good","last":1}', MessageAttributes: kind('good') })
    const bodies = async (from: Receiver, last: string) => {
      await eventually(() => from.received.some(({ body }) => body === last))
      return from
        .ofType('Notification')
        .map(({ body }) => body)
        .sort()
    }
    expect(await bodies(receiver, '{"kind":"good","last":1}')).to.deep.equal([
      '{"kind":"bad"}',
      '{"kind":"good","last":1}',
    ])
    expect(await bodies(byBody, '{"kind":"good","last":1}')).to.deep.equal([
      '{"kind":"good","last":1}',
      '{"kind":"good"}',
    ])
  })

  it('is sent name and password of its URL in a header', async () => {
    await subscribeUrl(receiver.url.replace('//', '//me:a%20b@'))
    expect((await confirmation()).headers.authorization).to.equal(`Basic ${btoa('me:a b')}`)
  })

  describe('when its endpoint does not take a message', () => {
    /** Subscribes an endpoint, with a dead-letter queue, that answers notifications so. */
    async function withAnswers(...statuses: number[]) {
      const queue = await makeQueue(local, 'dead')
      const endpoint = await startEndpoint((request) => (request === 1 ? 200 : (statuses[request - 2] ?? 200)))
      const redrive = JSON.stringify({ deadLetterTargetArn: queue.arn })
      const arn = await confirmed(endpoint.url, { RawMessageDelivery: 'true', RedrivePolicy: redrive })
      await eventually(() => endpoint.received.length === 1)
      await publish({ Message: 'm' })
      return { endpoint, arn, dead: () => receive(local, queue.QueueUrl, 2) }
    }

    for (const status of [500, 503, 429])
      it(`is tried again after a ${status}, with the same id`, async () => {
        const { endpoint } = await withAnswers(status, status, 200)
        const tries = await eventually(() => endpoint.received.length === 4 && endpoint.ofType('Notification'))
        expect(new Set(tries.map(({ headers }) => headers['x-amz-sns-message-id'])).size).to.equal(1)
        expect(local.logs).to.deep.equal([])
      })

    it('is given up after three more tries: the message goes to the dead-letter queue, and it is said', async () => {
      const { endpoint, dead } = await withAnswers(500, 500, 500, 500)
      const [message] = await dead()
      expect(endpoint.ofType('Notification')).to.have.length(4)
      expect(message?.Body).to.equal('m')
      expect(message?.MessageAttributes?.ErrorCode?.StringValue).to.equal('500')
      expect(message?.MessageAttributes).to.include.keys('RequestID', 'ErrorMessage')
      expect(local.logs[0]).to.contain(endpoint.url).and.contain('is in dead: it answered 500')
    })

    for (const status of [400, 403, 404, 302])
      it(`is given up at once after a ${status}`, async () => {
        const { endpoint, dead } = await withAnswers(status)
        expect((await dead()).map(({ Body }) => Body)).to.deep.equal(['m'])
        expect(endpoint.ofType('Notification')).to.have.length(1)
      })

    it('does not keep the message from others', async () => {
      await withAnswers(500, 500, 500, 500)
      await confirmed(receiver.url)
      await publish({ Message: 'for both' })
      expect(JSON.parse((await notifications(1))[0]?.body ?? '').Message).to.equal('for both')
    })
  })

  it('says so when nobody listens at its endpoint', async () => {
    receiver.stop()
    await subscribeUrl(receiver.url)
    const said = await eventually(() => local.logs[0])
    expect(said).to.contain(`${receiver.url} was not asked to confirm`).and.contain('subscribe again when it runs')
  })

  it('stays confirmed when the stack starts again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sns-http-'))
    try {
      const before = await startSnsAndSqs({}, folder)
      const topic = await makeTopic(before)
      const wanted = { TopicArn: topic, Protocol: 'http', Endpoint: receiver.url }
      const Token = await subscribe(before, wanted)
      await before.sns.send(new ConfirmSubscriptionCommand({ TopicArn: topic, Token }))
      await before.stop()
      const after = await startSnsAndSqs({}, folder)
      await after.sns.send(new PublishCommand({ TopicArn: topic, Message: 'm' }))
      await notifications(1)
      await after.stop()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
