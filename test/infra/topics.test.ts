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

const policy = (Action: string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: Action.map((one) => ({ Effect: 'Allow', Action: one, Resource: '*' })),
  })
const ONLY_PUBLISH = policy(['sns:Publish'])
const NOTHING = policy(['sts:GetCallerIdentity'])

/** Whether a message gets into the input topic: by the topic's policy, and, if it is encrypted, by the key's as well. */
async function mayPublish(stack: Recording, principal: string, identity?: string): Promise<boolean> {
  const resource = topicArn('input')
  const own = identity ? { identity } : {}
  const topicPolicy = stack.one('TopicPolicy', 'dev-input-topic-policy').inputs.policy
  if (!(await allows({ principal, action: 'sns:Publish', resource }, { ofResource: topicPolicy, ...own }))) return false
  if (stack.one('Topic', 'dev-input-topic').inputs.kmsMasterKeyId === undefined) return true
  const key = stack.one('Key', 'dev-key')
  const context = throughSns(resource, principal.split(':')[4] ?? '')
  const uses = ['kms:GenerateDataKey', 'kms:Decrypt'].map((action) =>
    allows({ principal, action, resource: key.arn, context }, { ofResource: key.inputs.policy, ...own }),
  )
  return (await Promise.all(uses)).every(Boolean)
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
