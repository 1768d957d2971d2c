import { expect } from 'chai'
import { ANYTHING, may } from '../support/iam.ts'
import { configOf, type Recording, recordStack } from '../support/program-recorder.ts'
import { mayPublish, ours, publishing, stranger, throughSns, topicArn, usingTheKey } from '../support/publishing.ts'

const ONLY_PUBLISH = may('sns:Publish')
const NOTHING = may('sts:GetCallerIdentity')

describe('the input topic', () => {
  let stack: Recording
  let open: Recording
  before(async () => {
    stack = await recordStack()
    open = await recordStack(configOf({ publicInput: true }))
  })

  for (const [kind, of] of [
    ['', () => stack],
    [', if it is public too', () => open],
  ] as const) {
    it(`takes events from whom this account lets publish, without a grant of its key${kind}`, async () => {
      expect(await mayPublish(of(), ours, ONLY_PUBLISH)).to.equal(true)
      expect(await mayPublish(of(), ours, NOTHING)).to.equal(kind !== '')
    })
  }

  it('takes no events from other accounts, whatever they are allowed there', async () => {
    expect(await mayPublish(stack, stranger, ANYTHING)).to.equal(false)
    expect(await mayPublish(stack, 'anonymous')).to.equal(false)
  })

  it('takes events from other accounts if it is public: from whom they let publish, with no word of a key', async () => {
    expect(await mayPublish(open, stranger, ONLY_PUBLISH)).to.equal(true)
    expect(await mayPublish(open, stranger, NOTHING)).to.equal(false)
  })

  it('has no policy that keeps callers without an account out if it is public', async () => {
    expect(await mayPublish(open, 'anonymous')).to.equal(true)
  })

  it('is encrypted with the key of the stack unless it is public', () => {
    const keyOf = (recording: Recording) => recording.one('Topic', 'dev-input-topic').inputs.kmsMasterKeyId
    expect(keyOf(stack)).to.equal(stack.one('Key', 'dev-key').arn)
    expect(keyOf(open)).to.equal(undefined)
  })

  it('lets nobody but this account change it, public or not', async () => {
    const change = { action: 'sns:SetTopicAttributes' }
    expect(await publishing(open, 'input-topic-policy')(stranger, ANYTHING, change)).to.equal(false)
    expect(await publishing(open, 'input-topic-policy')(ours, ANYTHING, change)).to.equal(true)
  })

  it('takes no event in clear text over the network', async () => {
    const plain = { context: { 'aws:SecureTransport': 'false' } }
    expect(await publishing(open, 'input-topic-policy')(ours, ANYTHING, plain)).to.equal(false)
  })

  it('needs no grant of its key by publishers of this account', async () => {
    const use = usingTheKey(stack)
    expect(await use(ours, throughSns(topicArn('input'), '123456789012'))).to.equal(true)
    expect(await use(ours, {})).to.equal(false)
  })

  it('never lets strangers use the key of the stack', async () => {
    for (const recording of [stack, open])
      for (const part of ['input', 'output', 'failure']) {
        const context = throughSns(topicArn(part), '999999999999')
        expect(await usingTheKey(recording)(stranger, context, ANYTHING), part).to.equal(false)
      }
  })

  it('is the only one that sends to the input queue and its dead letters', () => {
    for (const name of ['dev-input-queue-policy', 'dev-subscription-dlq-policy']) {
      const [statement, ...more] = JSON.parse(stack.one('QueuePolicy', name).inputs.policy).Statement
      expect(more, name).to.deep.equal([])
      expect(statement).to.deep.include({
        Principal: { Service: 'sns.amazonaws.com' },
        Action: ['sqs:SendMessage'],
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn('input') } },
      })
    }
  })
})
