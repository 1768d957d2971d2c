import { CreatePlatformApplicationCommand, PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns'
import { expect } from 'chai'
import { arnOf } from '../../../local/aws-account.ts'
import { errorOf } from '../support/client-error.ts'
import { eventually } from '../support/eventually.ts'
import { makeQueue, makeTopic, receive, type SnsAndSqs, startSnsAndSqs, subscribe } from '../support/messaging.ts'

const MAX_BYTES = 262_144

describe('the local SNS, asked to publish', () => {
  let local: SnsAndSqs
  let TopicArn: string
  let QueueUrl: string
  const invoked: string[] = []
  beforeEach(async () => {
    invoked.splice(0)
    local = await startSnsAndSqs({
      lambda: {
        has: () => true,
        async invoke(_arn, event) {
          invoked.push((event as { Records: { Sns: { Message: string } }[] }).Records[0]?.Sns.Message ?? '')
        },
      },
    })
    TopicArn = await makeTopic(local)
    const queue = await makeQueue(local)
    QueueUrl = queue.QueueUrl
    const Attributes = { RawMessageDelivery: 'true' }
    await subscribe(local, { TopicArn, Protocol: 'sqs', Endpoint: queue.arn, Attributes })
  })
  afterEach(() => local.stop())

  const publish = (more: object) => local.sns.send(new PublishCommand({ TopicArn, Message: 'm', ...more }))
  const batch = (...entries: object[]) =>
    local.sns.send(
      new PublishBatchCommand({
        TopicArn,
        PublishBatchRequestEntries: entries.map((entry, i) => ({ Id: String(i), Message: 'm', ...entry })),
      }),
    )
  const bodies = async () => (await receive(local, QueueUrl)).map(({ Body }) => Body)
  const attribute = (StringValue: string) => ({ abc: { DataType: 'String', StringValue } })

  describe('one message', () => {
    it('takes 256 KiB, attributes included', async () => {
      // Name and type of the attribute are nine bytes.
      await publish({ Message: 'ü'.repeat(MAX_BYTES / 2 - 5), MessageAttributes: attribute('x') })
      expect(await bodies()).to.have.length(1)
    })

    it('refuses a byte more', async () => {
      const error = await errorOf(
        publish({ Message: 'ü'.repeat(MAX_BYTES / 2 - 5), MessageAttributes: attribute('xx') }),
      )
      expect(error.name).to.equal('InvalidParameterException')
      expect(error.message).to.equal('Invalid parameter: Message too long')
    })

    const refused: [title: string, message: object, reason: string][] = [
      ['an empty message', { Message: '' }, 'Empty message'],
      ['an empty subject', { Subject: '' }, 'Subject'],
      ['a subject of two lines', { Subject: 'a\nb' }, 'Subject'],
      ['a subject of 101 characters', { Subject: 'x'.repeat(101) }, 'Subject'],
      [
        'a telephone',
        { TopicArn: undefined, PhoneNumber: '+15550100' },
        'PhoneNumber: the local SNS publishes to topics only',
      ],
      ['no topic', { TopicArn: undefined }, 'TopicArn or TargetArn Reason: no value for required parameter'],
    ]
    for (const [title, message, reason] of refused)
      it(`refuses ${title}`, async () => {
        const error = await errorOf(publish(message))
        expect(error.name).to.equal('InvalidParameterException')
        expect(error.message).to.equal(`Invalid parameter: ${reason}`)
        expect(await bodies()).to.deep.equal([])
      })

    it('takes a topic for a target', async () => {
      await publish({ TopicArn: undefined, TargetArn: TopicArn })
      expect(await bodies()).to.deep.equal(['m'])
    })

    it('says that a topic is not there', async () => {
      expect((await errorOf(publish({ TopicArn: `${TopicArn}-none` }))).name).to.equal('NotFoundException')
    })
  })

  describe('a batch', () => {
    it('takes 256 KiB together', async () => {
      const half = { Message: 'x'.repeat(MAX_BYTES / 2 - 10), MessageAttributes: attribute('x') }
      expect((await batch(half, half)).Successful).to.have.length(2)
    })

    it('refuses a byte more, all of it', async () => {
      const half = { Message: 'x'.repeat(MAX_BYTES / 2 - 10), MessageAttributes: attribute('x') }
      const error = await errorOf(batch(half, { ...half, MessageAttributes: attribute('xx') }))
      expect(error.name).to.equal('BatchRequestTooLongException')
      expect(error.message).to.contain(`${MAX_BYTES + 1} bytes`)
      expect(await bodies()).to.deep.equal([])
    })

    const refused: [title: string, entries: object[], name: string][] = [
      ['eleven entries', Array(11).fill({}), 'TooManyEntriesInBatchRequestException'],
      ['no entries', [], 'EmptyBatchRequestException'],
      ['two entries of the same id', [{ Id: 'a' }, { Id: 'a' }], 'BatchEntryIdsNotDistinctException'],
      [
        'two entries of the same id, one of them empty',
        [{ Id: 'a', Message: '' }, { Id: 'a' }],
        'BatchEntryIdsNotDistinctException',
      ],
      ['an id with a space', [{ Id: 'a b' }], 'InvalidBatchEntryIdException'],
      ['an id of 81 characters', [{ Id: 'x'.repeat(81) }], 'InvalidBatchEntryIdException'],
      ['an entry without an id', [{ Id: '' }], 'InvalidBatchEntryIdException'],
    ]
    for (const [title, entries, name] of refused)
      it(`refuses ${title}`, async () => {
        expect((await errorOf(batch(...entries))).name).to.equal(name)
        expect(await bodies()).to.deep.equal([])
      })

    it('fails an entry that is not good, and no other', async () => {
      const { Successful, Failed } = await batch({}, { Message: '' }, { Message: 'x', MessageStructure: 'json' })
      expect(Successful?.map(({ Id }) => Id)).to.deep.equal(['0'])
      expect(Failed?.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault])).to.deep.equal([
        ['1', 'InvalidParameter', true],
        ['2', 'InvalidParameter', true],
      ])
      expect(await bodies()).to.deep.equal(['m'])
    })

    it('fails each of its entries once when none is good', async () => {
      const { Successful, Failed } = await batch({ Message: '' }, { Message: '' })
      expect(Successful).to.deep.equal([])
      expect(Failed?.map(({ Message }) => Message)).to.deep.equal(Array(2).fill('Invalid parameter: Empty message'))
    })
  })

  describe('a message with a text for each protocol', () => {
    const structured = (texts: unknown) => ({ Message: JSON.stringify(texts), MessageStructure: 'json' })

    it('hands a queue the text under sqs', async () => {
      await publish(structured({ default: 'for all', sqs: 'for queues' }))
      expect(await bodies()).to.deep.equal(['for queues'])
    })

    it('hands it the default where there is none, or one that is no text', async () => {
      await publish(structured({ default: 'for all', lambda: 'for functions' }))
      await publish(structured({ default: 'for all', sqs: { not: 'a text' } }))
      expect(await bodies()).to.deep.equal(['for all', 'for all'])
    })

    it('hands a function the text under lambda, in a batch too', async () => {
      await subscribe(local, { TopicArn, Protocol: 'lambda', Endpoint: arnOf('lambda', 'function:f') })
      await batch(structured({ default: 'for all', lambda: 'for functions' }), structured({ default: 'for all' }), {})
      await eventually(() => invoked.length === 3)
      expect(invoked.toSorted()).to.deep.equal(['for all', 'for functions', 'm'])
      expect(await bodies()).to.deep.equal(['for all', 'for all', 'm'])
    })

    const refused: [title: string, Message: string, reason: string][] = [
      ['that is no JSON', '{', 'JSON message body failed to parse'],
      ['that is a list', '[]', 'JSON message body failed to parse'],
      ['without a default', '{"sqs":"x"}', 'No default entry in JSON message body'],
      ['whose default is no text', '{"default":{}}', 'No default entry in JSON message body'],
    ]
    for (const [title, Message, reason] of refused)
      it(`refuses one ${title}`, async () => {
        const error = await errorOf(publish({ Message, MessageStructure: 'json' }))
        expect(error.message).to.equal(`Invalid parameter: Message Structure - ${reason}`)
      })
  })

  it('says what it does not have', async () => {
    const command = new CreatePlatformApplicationCommand({ Name: 'n', Platform: 'GCM', Attributes: {} })
    const { message } = await errorOf(local.sns.send(command))
    expect(message).to.match(/^the local SNS has no CreatePlatformApplication, only Publish, PublishBatch, /)
  })
})
