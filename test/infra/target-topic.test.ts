import { expect } from 'chai'
import { ANYTHING, allows } from '../support/iam.ts'
import { type Recording, record, recordStack } from '../support/program-recorder.ts'
import { ours, publishing, stranger, throughSns } from '../support/publishing.ts'

const role = (part: string) => `arn:aws:iam::123456789012:role/scheduler-${part}-dev-eu-west-1`

describe('the output and failure topics', () => {
  let stack: Recording
  before(async () => {
    stack = await recordStack()
  })

  const publishers = { output: ['emitter', 'settler'], failure: ['validator', 'emitter', 'settler'] }
  for (const [part, roles] of Object.entries(publishers)) {
    it(`${part}: are published to by ${roles.join(', ')} and no other function`, async () => {
      const publish = publishing(stack, `${part}-policy`)
      for (const one of ['validator', 'loader', 'planner', 'emitter', 'settler']) {
        expect(await publish(role(one), ANYTHING), one).to.equal(roles.includes(one))
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
