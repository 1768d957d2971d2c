import { createHash } from 'node:crypto'
import { request as send } from 'node:http'
import { PublishCommand } from '@aws-sdk/client-sns'
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { expect } from 'chai'
import { arnOf } from '../../../../local/aws-account.ts'
import { errorOf } from '../../support/client-error.ts'
import { eventually } from '../../support/eventually.ts'
import { makeQueue, makeTopic, receive, type SnsAndSqs, startSnsAndSqs, subscribe } from '../../support/messaging.ts'

const SIGNED = 'AWS4-HMAC-SHA256 Credential=x/20261123/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=s'

/** The texts of all elements of a name, in order. */
const texts = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text]) => text)

describe('the query protocol of local SQS', () => {
  let local: SnsAndSqs
  let QueueUrl: string
  beforeEach(async () => {
    local = await startSnsAndSqs()
    QueueUrl = (await makeQueue(local)).QueueUrl
  })
  afterEach(() => local.stop())

  async function call(Action: string, fields: Record<string, string> = {}, url = `${local.endpoint}/`) {
    const body = new URLSearchParams({ Action, Version: '2012-11-05', ...fields })
    const answer = await fetch(url, { method: 'POST', headers: { authorization: SIGNED }, body })
    return { status: answer.status, type: answer.headers.get('content-type'), xml: await answer.text() }
  }
  const codeOf = ({ xml }: { xml: string }) => texts(xml, 'Code')[0]
  const messageOf = ({ xml }: { xml: string }) => texts(xml, 'Message')[0]

  it('sends a message with its attributes, and answers with the MD5 of both', async () => {
    const { status, type, xml } = await call('SendMessage', {
      QueueUrl,
      MessageBody: 'hello',
      'MessageAttribute.1.Name': 'n',
      'MessageAttribute.1.Value.DataType': 'String',
      'MessageAttribute.1.Value.StringValue': 'v',
      'MessageAttribute.2.Name': 'b',
      'MessageAttribute.2.Value.DataType': 'Binary',
      'MessageAttribute.2.Value.BinaryValue': 'AAEC',
    })
    expect(status).to.equal(200)
    expect(type).to.equal('text/xml')
    expect(xml).to.match(
      /^<\?xml version="1.0"\?><SendMessageResponse xmlns="http:\/\/queue.amazonaws.com\/doc\/2012-11-05\/"><SendMessageResult>/,
    )
    expect(texts(xml, 'MD5OfMessageBody')).to.deep.equal([createHash('md5').update('hello').digest('hex')])
    // The SDK's client compares the MD5 of the attributes itself.
    const [message] = await receive(local, QueueUrl)
    expect(message?.MessageAttributes?.n).to.include({ DataType: 'String', StringValue: 'v' })
    expect([...(message?.MessageAttributes?.b?.BinaryValue ?? [])]).to.deep.equal([0, 1, 2])
    expect(texts(xml, 'MD5OfMessageAttributes')).to.deep.equal([message?.MD5OfMessageAttributes])
  })

  it('sends to the URL of a queue, as old clients do', async () => {
    await call('SendMessage', { MessageBody: 'm' }, QueueUrl)
    expect((await receive(local, QueueUrl)).map(({ Body }) => Body)).to.deep.equal(['m'])
  })

  it('is served to who does not sign, by the URL of a queue', async () => {
    await fetch(`${QueueUrl}?Action=SendMessage&MessageBody=m`)
    expect((await receive(local, QueueUrl)).map(({ Body }) => Body)).to.deep.equal(['m'])
  })

  it('gives a message with its attributes, escaped as XML wants it', async () => {
    const MessageAttributes = { n: { DataType: 'String', StringValue: 'v' } }
    await local.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a<b>&"\'\r\nü', MessageAttributes }))
    const { xml } = await call('ReceiveMessage', {
      QueueUrl,
      'AttributeName.1': 'ApproximateReceiveCount',
      'MessageAttributeName.1': 'All',
    })
    expect(texts(xml, 'Body')).to.deep.equal(['a&#60;b&#62;&#38;"\'&#13;\nü'])
    expect(xml).to.contain('<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>')
    expect(xml).to.contain(
      '<MessageAttribute><Name>n</Name><Value><StringValue>v</StringValue><DataType>String</DataType></Value></MessageAttribute>',
    )
  })

  it('gives what XML cannot say, which SNS lets through, as U+FFFD', async () => {
    const TopicArn = await makeTopic(local)
    const Attributes = { RawMessageDelivery: 'true' }
    await subscribe(local, { TopicArn, Protocol: 'sqs', Endpoint: arnOf('sqs', 'q'), Attributes })
    await local.sns.send(new PublishCommand({ TopicArn, Message: 'a\u0001b' }))
    const { xml } = await call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: '2' })
    expect(texts(xml, 'Body')).to.deep.equal(['a\ufffdb'])
  })

  it('answers with no message as with an empty result', async () => {
    expect((await call('ReceiveMessage', { QueueUrl })).xml).to.contain('<ReceiveMessageResult></ReceiveMessageResult>')
  })

  it('waits for a message as long as it is told to', async () => {
    const poll = call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: '20' })
    await local.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm' }))
    expect(texts((await poll).xml, 'Body')).to.deep.equal(['m'])
  })

  it('gives back what a client took that has gone', async () => {
    const { hostname, port } = new URL(local.endpoint)
    const headers = { authorization: SIGNED, 'content-type': 'application/x-www-form-urlencoded' }
    const poll = send({ hostname, port, method: 'POST', headers })
    poll.on('error', () => {})
    poll.end(new URLSearchParams({ Action: 'ReceiveMessage', QueueUrl, WaitTimeSeconds: '20' }).toString())
    const queue = local.messaging.queues.getQueue(QueueUrl) as unknown as { pollWaiters: unknown[] }
    await eventually(() => queue.pollWaiters.length > 0)
    const connections = await local.connections()
    poll.destroy()
    await eventually(async () => (await local.connections()) < connections)
    await local.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm' }))
    expect((await receive(local, QueueUrl, 2)).map(({ Body }) => Body)).to.deep.equal(['m'])
  })

  it('sends a batch, and deletes it', async () => {
    const { xml } = await call('SendMessageBatch', {
      QueueUrl,
      'SendMessageBatchRequestEntry.1.Id': 'one',
      'SendMessageBatchRequestEntry.1.MessageBody': '1',
      'SendMessageBatchRequestEntry.2.Id': 'two',
      'SendMessageBatchRequestEntry.2.MessageBody': '2',
      'SendMessageBatchRequestEntry.2.MessageAttribute.1.Name': 'n',
      'SendMessageBatchRequestEntry.2.MessageAttribute.1.Value.DataType': 'Number',
      'SendMessageBatchRequestEntry.2.MessageAttribute.1.Value.StringValue': '7',
    })
    expect(texts(xml, 'Id')).to.deep.equal(['one', 'two'])
    const messages = await receive(local, QueueUrl)
    expect(messages.map(({ Body }) => Body)).to.deep.equal(['1', '2'])
    expect(messages[1]?.MessageAttributes?.n?.StringValue).to.equal('7')
    const entries = messages.flatMap(({ ReceiptHandle = '' }, i) => [
      [`DeleteMessageBatchRequestEntry.${i + 1}.Id`, String(i)],
      [`DeleteMessageBatchRequestEntry.${i + 1}.ReceiptHandle`, ReceiptHandle],
    ])
    const deleted = await call('DeleteMessageBatch', { QueueUrl, ...Object.fromEntries(entries) })
    expect(texts(deleted.xml, 'Id')).to.deep.equal(['0', '1'])
    const counts = await call('GetQueueAttributes', {
      QueueUrl,
      'AttributeName.1': 'ApproximateNumberOfMessagesNotVisible',
    })
    expect(texts(counts.xml, 'Value')).to.deep.equal(['0'])
  })

  it('changes how long messages stay hidden, and says which it could not', async () => {
    await local.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm' }))
    const [message] = await receive(local, QueueUrl)
    const { xml } = await call('ChangeMessageVisibilityBatch', {
      QueueUrl,
      'ChangeMessageVisibilityBatchRequestEntry.1.Id': 'good',
      'ChangeMessageVisibilityBatchRequestEntry.1.ReceiptHandle': message?.ReceiptHandle ?? '',
      'ChangeMessageVisibilityBatchRequestEntry.1.VisibilityTimeout': '0',
      'ChangeMessageVisibilityBatchRequestEntry.2.Id': 'bad',
      'ChangeMessageVisibilityBatchRequestEntry.2.ReceiptHandle': 'none',
      'ChangeMessageVisibilityBatchRequestEntry.2.VisibilityTimeout': '0',
    })
    expect(xml).to.match(/<ChangeMessageVisibilityBatchResultEntry><Id>good</)
    expect(xml).to.match(/<BatchResultErrorEntry><Id>bad<.*<Code>ReceiptHandleIsInvalid</)
    expect(await receive(local, QueueUrl)).to.have.length(1)
  })

  it('makes, finds, lists, changes and deletes queues', async () => {
    const { xml } = await call('CreateQueue', {
      QueueName: 'made',
      'Attribute.1.Name': 'VisibilityTimeout',
      'Attribute.1.Value': '7',
      'Tag.1.Key': 'k',
      'Tag.1.Value': 'v',
    })
    const made = `${local.endpoint}/000000000000/made`
    expect(texts(xml, 'QueueUrl')).to.deep.equal([made])
    expect(texts((await call('GetQueueUrl', { QueueName: 'made' })).xml, 'QueueUrl')).to.deep.equal([made])
    expect(texts((await call('ListQueues')).xml, 'QueueUrl')).to.deep.equal([made, QueueUrl])
    expect((await call('ListQueueTags', { QueueUrl: made })).xml).to.contain('<Tag><Key>k</Key><Value>v</Value></Tag>')
    await call('UntagQueue', { QueueUrl: made, 'TagKey.1': 'k' })
    expect((await call('ListQueueTags', { QueueUrl: made })).xml).to.not.contain('<Tag>')
    // A list of one without a number, as the reference of AWS has it.
    await call('SetQueueAttributes', { QueueUrl: made, 'Attribute.Name': 'VisibilityTimeout', 'Attribute.Value': '8' })
    const attributes = await call('GetQueueAttributes', { QueueUrl: made, 'AttributeName.1': 'VisibilityTimeout' })
    expect(attributes.xml).to.contain('<Attribute><Name>VisibilityTimeout</Name><Value>8</Value></Attribute>')
    expect((await call('DeleteQueue', { QueueUrl: made })).xml).to.match(
      /<DeleteQueueResponse [^>]*><ResponseMetadata>/,
    )
    expect(codeOf(await call('GetQueueUrl', { QueueName: 'made' }))).to.equal('AWS.SimpleQueueService.NonExistentQueue')
  })

  it('answers an error as XML, with the status and the code of this protocol', async () => {
    const answer = await call('ReceiveMessage', { QueueUrl: `${local.endpoint}/000000000000/none` })
    expect(answer).to.include({ status: 400, type: 'text/xml' })
    expect(answer.xml).to.match(
      /^<ErrorResponse><Error><Type>Sender<\/Type><Code>AWS.SimpleQueueService.NonExistentQueue<\/Code><Message>The specified queue does not exist.<\/Message><\/Error><RequestId>/,
    )
  })

  const bad: [title: string, action: string, fields: Record<string, string>, code: string, message: RegExp][] = [
    [
      'an action that is not there',
      'AddPermission',
      {},
      'InvalidAction',
      /the local SQS has no AddPermission, only SendMessage, /,
    ],
    ['no action', '', {}, 'MissingAction', /names no action/],
    ['the name of a member of every object for an action', 'constructor', {}, 'InvalidAction', /has no constructor/],
    [
      'a number that is none',
      'ReceiveMessage',
      { MaxNumberOfMessages: 'x' },
      'InvalidParameterValue',
      /Value x for parameter MaxNumberOfMessages/,
    ],
    ['a message without a text', 'SendMessage', {}, 'MissingParameter', /MessageBody/],
    [
      'an attribute without a type',
      'SendMessage',
      { MessageBody: 'm', 'MessageAttribute.1.Name': 'n' },
      'MissingParameter',
      /MessageAttribute\.1\.Value\.DataType/,
    ],
    [
      'a batch with an entry without a text',
      'SendMessageBatch',
      { 'SendMessageBatchRequestEntry.1.Id': '1' },
      'MissingParameter',
      /SendMessageBatchRequestEntry\.1\.MessageBody/,
    ],
    ['an empty batch', 'SendMessageBatch', { Entries: '' }, 'AWS.SimpleQueueService.EmptyBatchRequest', /any entries/],
  ]
  for (const [title, action, fields, code, message] of bad)
    it(`refuses ${title}`, async () => {
      const answer = await call(action, { QueueUrl, ...fields })
      expect(answer.status).to.equal(400)
      expect(codeOf(answer)).to.equal(code)
      expect(messageOf(answer)).to.match(message)
    })

  it('takes keys that are members of every object for data', async () => {
    await call('TagQueue', { QueueUrl, 'Tag.1.Key': '__proto__', 'Tag.1.Value': 'v' })
    expect((await call('ListQueueTags', { QueueUrl })).xml).to.contain('<Key>__proto__</Key>')
  })

  it('leaves the JSON protocol its own answers', async () => {
    const error = await errorOf(local.sqs.send(new ReceiveMessageCommand({ QueueUrl: 'none' })))
    expect(error.name).to.equal('QueueDoesNotExist')
  })

  it('says in JSON too what is not there, and under which code old clients know an error', async () => {
    const headers = { authorization: SIGNED, 'content-type': 'application/x-amz-json-1.0' }
    const post = (target: string) =>
      fetch(local.endpoint, {
        method: 'POST',
        headers: { ...headers, 'x-amz-target': `AmazonSQS.${target}` },
        body: '{"QueueName":"none","QueueUrl":"none"}',
      })
    const unknown = await post('StartMessageMoveTask')
    expect(await unknown.json())
      .to.have.property('message')
      .that.contains('the local SQS has no StartMessageMoveTask, only ')
    expect((await post('GetQueueUrl')).headers.get('x-amzn-query-error')).to.equal(
      'AWS.SimpleQueueService.NonExistentQueue;Sender',
    )
    expect((await post('SendMessage')).headers.get('x-amzn-query-error')).to.match(/^[A-Za-z.]+;Sender$/)
  })

  it('refuses what is neither of the protocols', async () => {
    const headers = { authorization: SIGNED }
    const put = await fetch(local.endpoint, { method: 'PUT', headers, body: 'x' })
    expect([put.status, await put.text()].join(' ')).to.match(/^405 .*PUT means nothing here/)
    const json = { ...headers, 'content-type': 'application/json' }
    const plain = await fetch(local.endpoint, { method: 'POST', headers: json, body: '{}' })
    expect([plain.status, await plain.text()].join(' ')).to.match(/^415 .*application\/x-amz-json-1.0/)
  })
})
