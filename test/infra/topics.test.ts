import { expect } from 'chai'
import { ANYTHING, allows, type Call } from '../support/iam.ts'
import { configOf, type Recording, record, recordStack } from '../support/program-recorder.ts'

const user = (account: string) => `arn:aws:iam::${account}:user/anna`
const ours = user('123456789012')
const stranger = user('999999999999')
const topicArn = (part: string) => `arn:aws:sns:eu-west-1:123456789012:scheduler-${part}-dev`
const role = (part: string) => `arn:aws:iam::123456789012:role/scheduler-${part}-dev-eu-west-1`
const throughSns = (topic: string, account: string) => ({
  'kms:ViaService': 'sns.eu-west-1.amazonaws.com',
  'kms:CallerAccount': account,
  'kms:EncryptionContext:aws:sns:topicArn': topic,
})

function publishing(stack: Recording, part: string) {
  const ofResource = stack.one('TopicPolicy', `dev-${part}`).inputs.policy
  const resource = topicArn(part.replace('-policy', '').replace('-topic', ''))
  return (principal: string, identity?: string, call: Partial<Call> = {}) =>
    allows({ principal, action: 'sns:Publish', resource, ...call }, { ofResource, ...(identity ? { identity } : {}) })
}

function usingTheKey(stack: Recording) {
  const key = stack.one('Key', 'dev-key')
  return (principal: string, context: Record<string, string>, identity?: string) =>
    allows(
      { principal, action: 'kms:GenerateDataKey', resource: key.arn, context },
      { ofResource: key.inputs.policy, ...(identity ? { identity } : {}) },
    )
}

describe('the input topic', () => {
  let stack: Recording
  let open: Recording
  before(async () => {
    stack = await recordStack()
    open = await recordStack(configOf({ publicInput: true }))
  })

  it('takes events from whom this account lets publish', async () => {
    const publish = publishing(stack, 'input-topic-policy')
    expect(await publish(ours, ANYTHING)).to.equal(true)
    expect(await publish(ours)).to.equal(false)
  })

  it('takes no events from strangers', async () => {
    const publish = publishing(stack, 'input-topic-policy')
    expect(await publish(stranger, ANYTHING)).to.equal(false)
    expect(await publish('anonymous')).to.equal(false)
  })

  it('takes events from anyone if it is public', async () => {
    const publish = publishing(open, 'input-topic-policy')
    expect(await publish(stranger, ANYTHING)).to.equal(true)
    expect(await publish('anonymous')).to.equal(true)
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

  it('lets strangers use its key only if it is public, through SNS, for this topic', async () => {
    const context = throughSns(topicArn('input'), '999999999999')
    expect(await usingTheKey(stack)(stranger, context, ANYTHING)).to.equal(false)
    const use = usingTheKey(open)
    expect(await use(stranger, context, ANYTHING)).to.equal(true)
    expect(await use(stranger, throughSns(topicArn('output'), '999999999999'), ANYTHING)).to.equal(false)
    expect(await use(stranger, { ...context, 'kms:ViaService': 'sqs.eu-west-1.amazonaws.com' }, ANYTHING)).to.equal(
      false,
    )
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

describe('the output and failure topics', () => {
  let stack: Recording
  before(async () => {
    stack = await recordStack()
  })

  const publishers = { output: ['emitter', 'settler'], failure: ['validator', 'emitter', 'settler'] }
  for (const [part, roles] of Object.entries(publishers)) {
    it(`${part}: are published to by ${roles.join(', ')} and no other function`, async () => {
      const publish = publishing(stack, `${part}-policy`)
      for (const fn of ['validator', 'loader', 'planner', 'emitter', 'settler']) {
        expect(await publish(role(fn), ANYTHING), fn).to.equal(roles.includes(fn))
      }
    })

    it(`${part}: are published to by nobody else, administrators included`, async () => {
      const publish = publishing(stack, `${part}-policy`)
      expect(await publish(ours, ANYTHING)).to.equal(false)
      expect(await publish(stranger, ANYTHING)).to.equal(false)
      expect(await publish('anonymous')).to.equal(false)
    })

    it(`${part}: are administered by their account`, async () => {
      const publish = publishing(stack, `${part}-policy`)
      for (const action of ['sns:Subscribe', 'sns:SetTopicAttributes', 'sns:DeleteTopic']) {
        expect(await publish(ours, ANYTHING, { action }), action).to.equal(true)
        expect(await publish(stranger, ANYTHING, { action }), action).to.equal(false)
      }
    })
  }
})

describe('a target topic of a client in another account', () => {
  const emitter = 'arn:aws:iam::999999999999:role/scheduler-emitter-prod-eu-west-1'
  const intruder = 'arn:aws:iam::999999999999:role/intruder'
  let client: Recording
  before(async () => {
    const { TargetTopic } = await import('../../infra/target-topic.ts')
    client = await record(async () => ({ arn: new TargetTopic('orders', { publisherRoleArns: [emitter] }).arn }))
  })

  it('is named after its component and has a key of its own', () => {
    expect(client.outputs).to.deep.equal({ arn: 'arn:aws:sns:eu-west-1:123456789012:orders' })
    expect(client.one('Topic', 'orders-topic').inputs.kmsMasterKeyId).to.equal(client.one('Key', 'orders-key').arn)
  })

  it('is published to by the emitter and by nobody else', async () => {
    const ofResource = client.one('TopicPolicy', 'orders-policy').inputs.policy
    const publish = (principal: string) =>
      allows(
        { principal, action: 'sns:Publish', resource: 'arn:aws:sns:eu-west-1:123456789012:orders' },
        { ofResource, identity: ANYTHING },
      )
    expect(await publish(emitter)).to.equal(true)
    expect(await publish(intruder)).to.equal(false)
    expect(await publish(ours)).to.equal(false)
  })

  it('lets the emitter use its key through SNS', async () => {
    const key = client.one('Key', 'orders-key')
    const use = (principal: string, context: Record<string, string>) =>
      allows(
        { principal, action: 'kms:GenerateDataKey', resource: key.arn, context },
        { ofResource: key.inputs.policy, identity: ANYTHING },
      )
    const context = throughSns('arn:aws:sns:eu-west-1:123456789012:orders', '999999999999')
    expect(await use(emitter, context)).to.equal(true)
    expect(await use(intruder, context)).to.equal(false)
    expect(await use(emitter, { 'kms:CallerAccount': '999999999999' })).to.equal(false)
  })
})
