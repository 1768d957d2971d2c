import { expect } from 'chai'
import { roleAllows } from '../support/iam.ts'
import { configOf, type Declared, type Recording, recordStack } from '../support/program-recorder.ts'

const arn = (service: string, resource: string, account = '123456789012') =>
  `arn:aws:${service}:eu-west-1:${account}:${resource}`
const table = arn('dynamodb', 'table/scheduler-events-dev')
const deliverSlot = arn('states', 'stateMachine:scheduler-deliver-slot-dev')
const runner = (slot: string) => arn('states', `execution:scheduler-deliver-slot-dev:${slot}`)
const deliverNow = arn('states', 'stateMachine:scheduler-deliver-now-dev')
const failure = arn('sns', 'scheduler-failure-dev')
const output = arn('sns', 'scheduler-output-dev')
const target = arn('sns', 'orders-eu')
const foreignTarget = arn('sns', 'partner', '999999999999')
const inputQueue = arn('sqs', 'scheduler-input-dev')
const lambda = (part: string) => arn('lambda', `function:scheduler-${part}-dev`)
const ownLog = (part: string) => arn('logs', `log-group:/aws/lambda/scheduler-${part}-dev:log-stream:today`)

type Calls = [action: string, ...resources: string[]][]
const onTable = (...verbs: string[]): Calls => verbs.map((verb) => [`dynamodb:${verb}`, table])
const emits: Calls = [
  ...onTable('Query', 'BatchGetItem', 'PutItem', 'BatchWriteItem', 'UpdateItem', 'GetItem'),
  ['states:StartExecution', deliverSlot],
  ['states:DescribeExecution', runner('2026-11-23T12-34Z-00')],
  ['sns:Publish', target, foreignTarget, output, failure],
]

/** Every call that each function makes (see aws/), and no more. */
const MAKES: Record<string, Calls> = {
  validator: [
    ...onTable('BatchWriteItem', 'BatchGetItem', 'GetItem', 'Query', 'PutItem', 'UpdateItem'),
    ['states:StartExecution', deliverSlot, deliverNow],
    ['states:DescribeExecution', runner('2026-11-23T12-34Z-00')],
    ['sns:Publish', target, foreignTarget, failure],
    ['sqs:ReceiveMessage', inputQueue],
    ['sqs:DeleteMessage', inputQueue],
    ['sqs:GetQueueAttributes', inputQueue],
  ],
  loader: [
    ...onTable('Query', 'GetItem', 'PutItem', 'UpdateItem'),
    ['states:StartExecution', deliverSlot],
    ['states:DescribeExecution', runner('2026-11-23T12-34Z-00')],
  ],
  planner: onTable('Query', 'GetItem', 'UpdateItem'),
  emitter: emits,
  settler: emits,
}

/** What somebody who took over a function would try, and never may. */
const TEMPTING: Calls = [
  ['dynamodb:DeleteTable', table],
  ['dynamodb:DeleteItem', table],
  ['dynamodb:Scan', table],
  ['dynamodb:UpdateTable', table],
  ['dynamodb:Query', arn('dynamodb', 'table/customers'), arn('dynamodb', 'table/scheduler-events-prod')],
  ['dynamodb:PutItem', arn('dynamodb', 'table/scheduler-events-prod')],
  ['states:StopExecution', runner('2026-11-23T12-34Z-00')],
  [
    'states:DescribeExecution',
    arn('states', 'execution:payroll:one'),
    arn('states', 'execution:scheduler-deliver-now-dev:one'),
    arn('states', 'execution:scheduler-deliver-slot-prod:2026-11-23T12-34Z-00'),
  ],
  ['states:UpdateStateMachine', deliverSlot],
  [
    'states:StartExecution',
    arn('states', 'stateMachine:payroll'),
    arn('states', 'stateMachine:scheduler-deliver-slot-prod'),
  ],
  ['sns:Publish', arn('sns', 'payments'), arn('sns', 'orders-eu', '999999999999'), arn('sns', 'scheduler-input-dev')],
  ['sns:Subscribe', target, failure],
  ['sns:SetTopicAttributes', failure],
  ['sqs:ReceiveMessage', arn('sqs', 'scheduler-input-dev-dlq')],
  ['sqs:SendMessage', inputQueue],
  ['sqs:PurgeQueue', inputQueue],
  ['lambda:InvokeFunction', lambda('emitter')],
  ['lambda:UpdateFunctionCode', lambda('emitter')],
  ['logs:PutLogEvents', arn('logs', 'log-group:/aws/lambda/payroll:log-stream:today')],
  ['logs:DeleteLogGroup', arn('logs', 'log-group:/aws/lambda/scheduler-emitter-dev')],
  ['iam:PassRole', 'arn:aws:iam::123456789012:role/scheduler-emitter-dev-eu-west-1'],
  ['kms:Decrypt', arn('kms', 'key/any')],
  ['kms:ScheduleKeyDeletion', arn('kms', 'key/any')],
]

const flat = (calls: Calls) =>
  calls.flatMap(([action, ...resources]) => resources.map((resource) => ({ action, resource })))

describe('least privilege', () => {
  let stack: Recording
  let traced: Recording
  before(async () => {
    const allowedTargets = [arn('sns', 'orders-*'), foreignTarget]
    stack = await recordStack(configOf({ allowedTargets }))
    traced = await recordStack(configOf({ allowedTargets, tracing: true }))
  })

  for (const [part, calls] of Object.entries(MAKES)) {
    it(`lets the ${part} make every call it makes`, async () => {
      for (const { action, resource } of flat(calls)) {
        expect(await roleAllows(stack, part, action, resource), `${action} ${resource}`).to.equal(true)
      }
    })

    it(`denies the ${part} what the others do`, async () => {
      const own = new Set(flat(calls).map(({ action, resource }) => `${action} ${resource}`))
      const others = Object.values(MAKES)
        .flatMap(flat)
        .filter(({ action, resource }) => !own.has(`${action} ${resource}`))
      for (const { action, resource } of others) {
        // The output topic is a target like any other; nobody but who emits publishes to it.
        expect(await roleAllows(stack, part, action, resource), `${action} ${resource}`).to.equal(false)
      }
    })

    it(`denies the ${part} everything tempting`, async () => {
      for (const { action, resource } of flat(TEMPTING)) {
        expect(await roleAllows(stack, part, action, resource), `${action} ${resource}`).to.equal(false)
      }
    })

    it(`lets the ${part} write its own log, and traces if the stack is traced`, async () => {
      for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) {
        expect(await roleAllows(stack, part, action, ownLog(part)), action).to.equal(true)
      }
      for (const [recording, isTraced] of [
        [traced, true],
        [stack, false],
      ] as const)
        expect(await roleAllows(recording, part, 'xray:PutTraceSegments', '*')).to.equal(isTraced)
    })
  }

  for (const part of ['validator', 'emitter', 'settler']) {
    it(`lets the ${part} use a foreign key only through SNS and only for an allowed topic`, async () => {
      const key = arn('kms', 'key/theirs', '999999999999')
      const use = (service: string, topic: string) =>
        roleAllows(stack, part, 'kms:GenerateDataKey', key, {
          'kms:ViaService': `${service}.eu-west-1.amazonaws.com`,
          'kms:EncryptionContext:aws:sns:topicArn': topic,
        })
      expect(await use('sns', foreignTarget)).to.equal(true)
      expect(await use('sns', arn('sns', 'payments'))).to.equal(false)
      expect(await use('sqs', foreignTarget)).to.equal(false)
    })
  }

  it('lets deliver-slot invoke its three functions and no other', async () => {
    for (const part of ['planner', 'emitter', 'settler']) {
      expect(await roleAllows(stack, 'deliver-slot', 'lambda:InvokeFunction', lambda(part)), part).to.equal(true)
    }
    for (const part of ['validator', 'loader', 'payroll']) {
      expect(await roleAllows(stack, 'deliver-slot', 'lambda:InvokeFunction', lambda(part)), part).to.equal(false)
    }
  })

  it('lets deliver-now invoke the emitter and no other', async () => {
    for (const part of ['emitter', 'planner', 'settler', 'validator', 'loader']) {
      const allowed = await roleAllows(stack, 'deliver-now', 'lambda:InvokeFunction', lambda(part))
      expect(allowed, part).to.equal(part === 'emitter')
    }
  })

  it('lets the schedule invoke the loader and keep its dead letters, no more', async () => {
    expect(await roleAllows(stack, 'minute', 'lambda:InvokeFunction', lambda('loader'))).to.equal(true)
    expect(await roleAllows(stack, 'minute', 'sqs:SendMessage', arn('sqs', 'scheduler-schedule-dev-dlq'))).to.equal(
      true,
    )
    expect(await roleAllows(stack, 'minute', 'lambda:InvokeFunction', lambda('emitter'))).to.equal(false)
    expect(await roleAllows(stack, 'minute', 'sqs:SendMessage', inputQueue)).to.equal(false)
  })

  it('names no resource * except where AWS has nothing finer', () => {
    const wild = traced.of('RolePolicy').flatMap(wildActions)
    expect([...new Set(wild)]).to.have.members([
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
      'kms:GenerateDataKey*',
      'kms:Decrypt',
    ])
  })

  it('names no action with a wildcard but the one that SNS asks for', () => {
    const actions = stack.of('RolePolicy').flatMap((policy) => statementsOf(policy).flatMap(({ Action }) => Action))
    expect(new Set(actions.filter((action) => action.includes('*')))).to.deep.equal(new Set(['kms:GenerateDataKey*']))
  })

  it('lets roles be assumed by their service only, on behalf of this stack', () => {
    const trust = (part: string) => statementsOf(stack.one('Role', `dev-${part}-role`), 'assumeRolePolicy')
    expect(trust('emitter')).to.deep.equal([
      { Effect: 'Allow', Action: ['sts:AssumeRole'], Principal: { Service: 'lambda.amazonaws.com' } },
    ])
    const bound = (source: string) => ({
      StringEquals: { 'aws:SourceAccount': '123456789012' },
      ArnEquals: { 'aws:SourceArn': source },
    })
    expect(trust('deliver-slot')[0]?.Condition).to.deep.equal(bound(deliverSlot))
    expect(trust('minute')[0]?.Condition).to.deep.equal(bound(arn('scheduler', 'schedule-group/default')))
  })
})

interface IamStatement {
  Action: string[]
  Resource: string[]
  Condition?: object
}

function statementsOf({ inputs }: Declared, property = 'policy'): IamStatement[] {
  return JSON.parse(inputs[property]).Statement
}

function wildActions(policy: Declared): string[] {
  return statementsOf(policy).flatMap(({ Action, Resource }) => (Resource.includes('*') ? Action : []))
}
