import { getEventListeners } from 'node:events'
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs'
import { expect } from 'chai'
import { sqsClient } from '../../local/sqs-client.ts'
import { makeQueue, receive, type SnsAndSqs, startSnsAndSqs } from './support/messaging.ts'

describe('a client of SQS inside the local stack', () => {
  let local: SnsAndSqs
  let QueueUrl: string
  beforeEach(async () => {
    local = await startSnsAndSqs()
    ;({ QueueUrl } = await makeQueue(local))
  })
  afterEach(() => local.stop())

  const client = () => sqsClient(local.messaging.queues, async () => local.sqs as never)
  const messagesOf = async (input: object, abortSignal?: AbortSignal) => {
    const poll = new ReceiveMessageCommand({ QueueUrl, ...input })
    const { Messages } = (await client().send(poll, abortSignal && { abortSignal })) as { Messages: Message[] }
    return Messages
  }
  const bodiesOf = async (input: object) => (await messagesOf(input)).map(({ Body }) => Body)
  const say = (...bodies: string[]) =>
    local.sqs.send(
      new SendMessageBatchCommand({ QueueUrl, Entries: bodies.map((body, i) => ({ Id: `${i}`, MessageBody: body })) }),
    )

  it('takes at most as many messages as it is to', async () => {
    await say('a', 'b', 'c')
    expect(await bodiesOf({ MaxNumberOfMessages: 2 })).to.deep.equal(['a', 'b'])
    expect(await bodiesOf({ MaxNumberOfMessages: 2 })).to.deep.equal(['c'])
    expect(await bodiesOf({})).to.deep.equal([])
  })

  it('waits for one to come, where it is to', async () => {
    const waiting = bodiesOf({ WaitTimeSeconds: 20 })
    await say('late')
    expect(await waiting).to.deep.equal(['late'])
  })

  it('takes nothing once it has gone, and is forgotten by what would tell it to go', async () => {
    const ending = new AbortController()
    const waiting = messagesOf({ WaitTimeSeconds: 20 }, ending.signal).catch((fault: Error) => fault.name)
    ending.abort()
    expect(await waiting).to.equal('AbortError')
    expect(getEventListeners(ending.signal, 'abort')).to.have.length(0)
    await say('left')
    expect((await receive(local, QueueUrl)).map(({ Body }) => Body)).to.deep.equal(['left'])
  })

  it('deletes what it took', async () => {
    await say('a', 'b')
    const Entries = (await messagesOf({ MaxNumberOfMessages: 10 })).map(({ ReceiptHandle }, i) => ({
      Id: `${i}`,
      ReceiptHandle,
    }))
    const answer = await client().send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    expect(answer).to.deep.equal({ Successful: [{ Id: '0' }, { Id: '1' }] })
    expect(local.messaging.queues.getQueue(QueueUrl)?.inflightMessages.size).to.equal(0)
  })

  it('asks the SDK for all else', async () => {
    await client().send(new SendMessageCommand({ QueueUrl, MessageBody: 'by the SDK' }))
    expect(await bodiesOf({})).to.deep.equal(['by the SDK'])
  })

  it('fails where there is no such queue', async () => {
    const fault = await messagesOf({ QueueUrl: 'http://127.0.0.1/000000000000/none' }).catch((error: Error) => error)
    expect(fault).to.have.property('message').that.includes('there is no queue')
  })
})
