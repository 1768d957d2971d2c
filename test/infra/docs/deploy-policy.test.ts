import { expect } from 'chai'
import { DEPLOY_PERMISSIONS, type DeployPermission } from '../../../infra/docs/deploy-permissions.ts'
import { deployPolicy } from '../../../infra/docs/deploy-policy.ts'
import { allows, ownerLets } from '../../support/iam.ts'
import { ACCOUNT, configOf, type Declared, type Recording, recordStack } from '../../support/program-recorder.ts'

const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${ACCOUNT}:${resource}`
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`
const principal = role('deployer')
const identity = JSON.stringify(deployPolicy())

const mayDeploy = (action: string, resource: string, context: Record<string, string> = {}) =>
  allows({ principal, action, resource, context }, { identity, ofResource: ownerLets(ACCOUNT) })

/** What a call about the resource names, where that is not the ARN of the resource itself. */
const ACTS_ON: Record<string, (inputs: Declared['inputs']) => string> = {
  'aws:sns/topicPolicy:TopicPolicy': ({ arn }) => arn,
  'aws:sns/topicSubscription:TopicSubscription': ({ topic }) => topic,
  'aws:sqs/queuePolicy:QueuePolicy': ({ queueUrl }) => arn('sqs', queueUrl.split('/').at(-1)),
  'aws:iam/rolePolicy:RolePolicy': ({ role: name }) => role(name),
  'aws:lambda/permission:Permission': (inputs) => arn('lambda', `function:${inputs.function}`),
  'aws:lambda/eventSourceMapping:EventSourceMapping': () => arn('lambda', 'event-source-mapping:0b1f'),
  'aws:cloudwatch/eventTarget:EventTarget': ({ rule }) => arn('events', `rule/${rule}`),
  'aws:cloudwatch/metricAlarm:MetricAlarm': ({ name }) => arn('cloudwatch', `alarm:${name}`),
  'aws:scheduler/schedule:Schedule': ({ name }) => arn('scheduler', `schedule/default/${name}`),
}

/** The context of a call, where the policy asks for it. */
const contextOf = ({ inputs }: Declared): Record<string, string> =>
  inputs.functionName ? { 'lambda:FunctionArn': inputs.functionName } : {}

function callsFor(declared: Declared): { action: string; resource: string }[] {
  const permission = DEPLOY_PERMISSIONS[declared.type]
  if (!permission) throw new Error(`deploy-permissions.ts does not say what deploying a ${declared.type} takes`)
  const resource = ACTS_ON[declared.type]?.(declared.inputs) ?? declared.arn
  const on = (names: string[], what: string) =>
    names.map((name) => ({ action: `${permission.service}:${name}`, resource: what }))
  return [...on(boundTo(permission), resource), ...on(permission.anywhere ?? [], '*')]
}

const boundTo = ({ create, read, update = [], delete: remove, tag = [] }: DeployPermission) => [
  ...create,
  ...read,
  ...update,
  ...remove,
  ...tag,
]

describe('the policy to deploy with', function () {
  this.timeout(60_000)
  let stack: Recording
  before(async () => {
    stack = await recordStack(configOf({ alarmEmail: 'me@example.com', emitterReservedConcurrency: 90 }))
  })
  const declared = () => stack.resources.filter(({ type }) => type.startsWith('aws:'))

  it('knows every type of resource that the stack has, and no other', () => {
    const types = new Set(declared().map(({ type }) => type))
    expect(Object.keys(DEPLOY_PERMISSIONS)).to.have.members([...types])
  })

  for (const type of Object.keys(DEPLOY_PERMISSIONS))
    it(`lets create, read, update, tag and delete each ${type.split(':').at(-1)}`, async () => {
      const some = declared().filter((one) => one.type === type)
      for (const one of some)
        for (const { action, resource } of callsFor(one))
          expect(await mayDeploy(action, resource, contextOf(one)), `${action} ${resource}`).to.equal(true)
      expect(some).to.have.length.above(0)
    })

  for (const [type, permission] of Object.entries(DEPLOY_PERMISSIONS))
    it(`says what makes, reads and removes a ${type.split(':').at(-1)}`, () => {
      const { create, anywhere = [], read, delete: remove } = permission
      const makes = [...create, ...anywhere].filter((name) => /^(Create|Put|Set|Add|Subscribe)/.test(name))
      const reads = read.filter((name) => /^(Get|Describe|List)/.test(name))
      expect([makes.length > 0, reads.length > 0, remove.length > 0]).to.deep.equal([true, true, true])
    })

  it('does not suffice for a type that it does not know', () => {
    const [known] = declared() as [Declared]
    expect(() => callsFor({ ...known, type: 'aws:s3/bucket:Bucket' })).to.throw('does not say what deploying')
  })

  it('lets roles be passed to the service that they trust, and to no other', async () => {
    const roles = declared().filter(({ type }) => type === 'aws:iam/role:Role')
    for (const { arn: passed, inputs } of roles) {
      const trusted: string = JSON.parse(inputs.assumeRolePolicy).Statement[0].Principal.Service
      const pass = (service: string) => mayDeploy('iam:PassRole', passed, { 'iam:PassedToService': service })
      expect(await pass(trusted), passed).to.equal(true)
      expect(await pass('ec2.amazonaws.com'), passed).to.equal(false)
    }
    expect(roles).to.have.length(8)
  })

  it('lets no role of others be passed', async () => {
    const context = { 'iam:PassedToService': 'lambda.amazonaws.com' }
    expect(await mayDeploy('iam:PassRole', role('administrator'), context)).to.equal(false)
  })

  const tempting: [action: string, resource: string, context?: Record<string, string>][] = [
    ['sns:DeleteTopic', arn('sns', 'orders')],
    ['sns:Publish', arn('sns', 'scheduler-output-dev')],
    ['sqs:DeleteQueue', arn('sqs', 'orders')],
    ['sqs:ReceiveMessage', arn('sqs', 'scheduler-input-dev')],
    ['dynamodb:DeleteTable', arn('dynamodb', 'table/customers')],
    ['dynamodb:GetItem', arn('dynamodb', 'table/scheduler-events-dev')],
    ['kms:Decrypt', arn('kms', 'key/any')],
    ['kms:CreateGrant', arn('kms', 'key/any')],
    ['iam:DeleteRole', role('administrator')],
    ['iam:AttachRolePolicy', role('scheduler-emitter-dev-eu-west-1')],
    ['iam:CreateUser', `arn:aws:iam::${ACCOUNT}:user/eve`],
    ['lambda:UpdateFunctionCode', arn('lambda', 'function:payroll')],
    ['lambda:InvokeFunction', arn('lambda', 'function:scheduler-emitter-dev')],
    ['lambda:CreateEventSourceMapping', '*', { 'lambda:FunctionArn': arn('lambda', 'function:payroll') }],
    ['states:StartExecution', arn('states', 'stateMachine:scheduler-deliver-slot-dev')],
    ['logs:DeleteLogGroup', arn('logs', 'log-group:/aws/lambda/payroll')],
    ['events:DeleteRule', arn('events', 'rule/payroll')],
    ['scheduler:DeleteSchedule', arn('scheduler', 'schedule/default/payroll')],
    ['cloudwatch:DeleteAlarms', arn('cloudwatch', 'alarm:payroll')],
  ]
  for (const [action, resource, context] of tempting)
    it(`does not let ${action} on ${resource.split(':').slice(5).join(':') || 'anything'}`, async () => {
      expect(await mayDeploy(action, resource, context)).to.equal(false)
    })

  it('names no action by a wildcard', () => {
    for (const { Action } of deployPolicy().Statement) for (const one of Action) expect(one).not.to.include('*')
  })

  it('names all resources only where AWS has nothing finer', async () => {
    const wild = deployPolicy().Statement.filter(({ Resource }) => Resource === '*')
    for (const action of wild.flatMap(({ Action }) => Action)) {
      const refused = await mayDeploy(action, arn(action.split(':')[0] ?? '', 'some')).catch(({ message }) => message)
      expect(refused, action).to.include('must.use.wildcard')
    }
    expect(wild).to.have.length(2)
  })

  it('fits into a managed policy, which has 6,144 characters without white space', () => {
    expect(JSON.stringify(deployPolicy()).length).to.be.at.most(6_144)
  })
})
