import { expect } from 'chai'
import { configOf, type Recording, record, recordStack } from '../support/program-recorder.ts'

describe('the stack', () => {
  let stack: Recording
  before(async () => {
    stack = await recordStack()
  })

  it('names every part after itself', () => {
    const named = stack.resources.filter(({ inputs }) => typeof inputs.name === 'string')
    expect(named).to.have.length.above(30)
    for (const { type, inputs } of named) expect(inputs.name, type).to.match(/scheduler-[a-z-]+-dev(-dlq|-eu-west-1)?$/)
  })

  it('has the names that the documentation promises', () => {
    const names = (type: string) => stack.of(type).map(({ inputs }) => inputs.name)
    expect(names('Topic')).to.have.members(['input', 'output', 'failure'].map((part) => `scheduler-${part}-dev`))
    expect(names('Queue')).to.have.members([
      'scheduler-input-dev',
      'scheduler-input-dev-dlq',
      'scheduler-subscription-dev-dlq',
      'scheduler-schedule-dev-dlq',
    ])
    expect(names('Table')).to.have.members(['scheduler-events-dev'])
    const functions = ['validator', 'loader', 'planner', 'emitter', 'settler'].map((part) => `scheduler-${part}-dev`)
    expect(names('Function')).to.have.members(functions)
    expect(names('sfn/stateMachine:StateMachine')).to.have.members(
      ['deliver-slot', 'deliver-now'].map((part) => `scheduler-${part}-dev`),
    )
    expect(names('Schedule')).to.have.members(['scheduler-minute-dev'])
  })

  it('exports what clients and tools need', () => {
    expect(stack.outputs).to.include({
      inputTopicArn: 'arn:aws:sns:eu-west-1:123456789012:scheduler-input-dev',
      outputTopicArn: 'arn:aws:sns:eu-west-1:123456789012:scheduler-output-dev',
      failureTopicArn: 'arn:aws:sns:eu-west-1:123456789012:scheduler-failure-dev',
      tableName: 'scheduler-events-dev',
      deliverSlotArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:scheduler-deliver-slot-dev',
      deliverNowArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:scheduler-deliver-now-dev',
      emitterRoleArn: 'arn:aws:iam::123456789012:role/scheduler-emitter-dev-eu-west-1',
      inputQueueUrl: 'https://sqs/scheduler-input-dev',
      deadLetterQueueUrl: 'https://sqs/scheduler-input-dev-dlq',
      subscriptionDeadLetterQueueUrl: 'https://sqs/scheduler-subscription-dev-dlq',
      scheduleDeadLetterQueueUrl: 'https://sqs/scheduler-schedule-dev-dlq',
    })
  })

  it('keeps every part under the component it belongs to', () => {
    for (const { type, name, parent } of stack.resources.filter((one) => one.type.startsWith('aws:'))) {
      expect(parent, `${type} ${name}`).to.include('$aws-scheduler:index:')
    }
  })

  it('encrypts every topic with its own key, which rotates', () => {
    const [key, ...others] = stack.of('Key')
    expect(others).to.deep.equal([])
    expect(key?.inputs.enableKeyRotation).to.equal(true)
    for (const topic of stack.of('Topic')) expect(topic.inputs.kmsMasterKeyId, topic.name).to.equal(key?.arn)
  })

  it('encrypts every queue', () => {
    for (const queue of stack.of('Queue')) expect(queue.inputs.sqsManagedSseEnabled, queue.name).to.equal(true)
  })

  it('has a dead letter queue for every queue, subscription and schedule', () => {
    const dlq = (part: string) => `arn:aws:sqs:eu-west-1:123456789012:scheduler-${part}-dev-dlq`
    const queue = stack.one('Queue', 'dev-input-queue')
    expect(JSON.parse(queue.inputs.redrivePolicy)).to.deep.equal({
      deadLetterTargetArn: dlq('input'),
      maxReceiveCount: 100,
    })
    const subscription = stack.one('TopicSubscription', 'dev-input-subscription')
    expect(JSON.parse(subscription.inputs.redrivePolicy)).to.deep.equal({ deadLetterTargetArn: dlq('subscription') })
    const schedule = stack.one('Schedule', 'dev-minute-schedule')
    expect(schedule.inputs.target.deadLetterConfig).to.deep.equal({ arn: dlq('schedule') })
    expect(stack.of('Queue')).to.have.length(4)
  })

  it('lets everything be deleted unless it is protected', () => {
    expect(stack.resources.filter(({ protect }) => protect)).to.deep.equal([])
    expect(stack.one('Table', 'dev-events-table').inputs.deletionProtectionEnabled).to.equal(false)
  })

  it('keeps all that holds events, and the key to it, from being deleted if it is protected', async () => {
    const safe = await recordStack(configOf({ protect: true }))
    const kept = safe.resources.filter(({ protect }) => protect).map(({ name }) => name)
    expect(kept).to.include.members([
      'dev-events-table',
      'dev-input-topic',
      'dev-input-subscription',
      'dev-input-queue',
      'dev-input-dlq',
      'dev-subscription-dlq',
      'dev-key',
    ])
    expect(safe.one('Table', 'dev-events-table').inputs.deletionProtectionEnabled).to.equal(true)
  })

  it('lets what holds nothing be replaced even if it is protected', async () => {
    const safe = await recordStack(configOf({ protect: true }))
    const kept = new Set(safe.resources.filter(({ protect }) => protect).map(({ type }) => type.split(':').at(-1)))
    for (const type of ['Function', 'StateMachine', 'Role', 'Schedule', 'MetricAlarm', 'LogGroup'])
      expect(kept, type).not.to.include(type)
  })

  it('puts no unresolved output into any input', () => {
    for (const { name, inputs } of stack.resources) {
      expect(JSON.stringify(inputs), name).not.to.match(/Calling \[(toString|toJSON)\]/)
    }
  })
})

describe('a program of somebody else', () => {
  it('creates two schedulers side by side', async () => {
    const { Scheduler } = await import('../../infra/scheduler.ts')
    const both = await record(async () => ({
      blue: new Scheduler('blue').outputs.inputTopicArn,
      green: new Scheduler('green', { shards: 8 }).outputs.inputTopicArn,
    }))
    expect(both.outputs).to.deep.equal({
      blue: 'arn:aws:sns:eu-west-1:123456789012:scheduler-input-blue',
      green: 'arn:aws:sns:eu-west-1:123456789012:scheduler-input-green',
    })
    const names = both.of('Function').map(({ inputs }) => inputs.name)
    expect(new Set(names)).to.have.property('size', 10)
    const shards = (name: string) => both.one('Function', name).inputs.environment.variables.SHARDS
    expect([shards('blue-validator-function'), shards('green-validator-function')]).to.deep.equal(['1', '8'])
  })
})
