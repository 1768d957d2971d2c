import { expect } from 'chai'
import type { Connections } from '../../aws/connections.ts'
import { connectionOf, findStack, isLoopback } from '../../client/find-stack.ts'
import type { ClientOptions } from '../../client/options.ts'
import { LOCAL } from '../../core/stack-place.ts'
import { answering } from '../support/aws-client.ts'
import { configOf, recordStack } from '../support/program-recorder.ts'

const TABLE = 'arn:aws-cn:dynamodb:cn-north-1:123456789012:table/scheduler-events-prod'

function aws() {
  const dynamodb = answering(() => ({ Table: { TableArn: TABLE } }))
  const none = () => Promise.reject(new Error('nobody asks for this'))
  return { connections: { dynamodb: async () => dynamodb, sns: none, sqs: none } as unknown as Connections, dynamodb }
}
const faultOf = (options: unknown) =>
  findStack(options as ClientOptions, aws().connections).catch((fault: { code: string; message: string }) => fault)

describe('the stack of a client', () => {
  it('is found by its name: its table says in which account and Region it is', async () => {
    const { connections, dynamodb } = aws()
    const at = 'cn-north-1:123456789012'
    expect(await findStack({ stack: 'prod' }, connections)).to.deep.equal({
      name: 'prod',
      region: 'cn-north-1',
      accountId: '123456789012',
      inputTopicArn: `arn:aws-cn:sns:${at}:scheduler-input-prod`,
      outputTopicArn: `arn:aws-cn:sns:${at}:scheduler-output-prod`,
      failureTopicArn: `arn:aws-cn:sns:${at}:scheduler-failure-prod`,
      tableName: 'scheduler-events-prod',
      runnerArnPrefix: `arn:aws-cn:states:${at}:execution:scheduler-deliver-slot-prod:`,
      tailQueueArnPrefix: `arn:aws-cn:sqs:${at}:scheduler-tail-prod-`,
    })
    expect(dynamodb.calls).to.deep.equal([
      { name: 'DescribeTableCommand', input: { TableName: 'scheduler-events-prod' } },
    ])
  })

  it('is found by its outputs, as the program of the stack has them, and nothing is asked', async () => {
    const { outputs } = await recordStack(configOf({}))
    const { connections, dynamodb } = aws()
    const { inputTopicArn, outputTopicArn, failureTopicArn, tableName } = await findStack({ outputs }, connections)
    expect(outputs).to.include({ inputTopicArn, outputTopicArn, failureTopicArn, tableName })
    expect(dynamodb.calls).to.deep.equal([])
  })

  it('is the one of this machine', async () => {
    const stack = await findStack({ local: true }, aws().connections)
    expect(stack).to.include({ inputTopicArn: 'arn:aws:sns:us-east-1:000000000000:scheduler-input-local' })
  })

  for (const [what, options] of [
    ['nothing', {}],
    ['an empty name', { stack: '' }],
    ['a name that is none', { stack: 'my stack' }],
    ['a name that is too long', { stack: 'x'.repeat(25) }],
    ['outputs without an input topic', { outputs: {} }],
    ['outputs of another program', { outputs: { inputTopicArn: 'arn:aws:sns:us-east-1:123456789012:orders' } }],
    ['outputs that are still secret', { outputs: { inputTopicArn: { secret: true } } }],
  ] as const)
    it(`is not found by ${what}`, async () => {
      const fault = await faultOf(options)
      expect(fault).to.include({ name: 'SchedulerError', code: 'STACK_INVALID' })
      expect((fault as { message: string }).message).to.match(/ Give /)
    })
})

describe('how a client reaches its stack', () => {
  const variable = process.env.AWS_ENDPOINT_URL
  afterEach(() => {
    if (variable === undefined) delete process.env.AWS_ENDPOINT_URL
    else process.env.AWS_ENDPOINT_URL = variable
  })

  it('is left to the SDK where nothing is said', () => {
    const said = Object.values(connectionOf({ stack: 'prod' })).filter((value) => value !== undefined)
    expect(said).to.deep.equal([])
  })

  it('is in the Region of its outputs, unless another is given', () => {
    const outputs = { inputTopicArn: 'arn:aws:sns:eu-west-1:123456789012:scheduler-input-prod' }
    expect(connectionOf({ outputs })).to.have.property('region', 'eu-west-1')
    expect(connectionOf({ outputs, region: 'us-east-1' })).to.have.property('region', 'us-east-1')
    expect(connectionOf({ outputs: {} })).to.have.property('region', undefined)
  })

  it('is on this machine with what SDKs want there', () => {
    delete process.env.AWS_ENDPOINT_URL
    const { region, endpoint, credentials } = connectionOf({ local: true })
    expect({ region, endpoint }).to.deep.equal({ region: 'us-east-1', endpoint: LOCAL.endpoint })
    expect(credentials).to.have.keys('accessKeyId', 'secretAccessKey')
  })

  it('is on this machine where it is told to be, by the option, or by the variable if that is of this machine', () => {
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:9999'
    expect(connectionOf({ local: true })).to.have.property('endpoint', 'http://127.0.0.1:9999')
    expect(connectionOf({ local: true, endpoint: 'http://scheduler:4566' })).to.have.property(
      'endpoint',
      'http://scheduler:4566',
    )
    process.env.AWS_ENDPOINT_URL = 'https://sns.eu-west-1.amazonaws.com'
    expect(connectionOf({ local: true })).to.have.property('endpoint', LOCAL.endpoint)
  })

  for (const [address, is] of [
    ['http://127.0.0.1:4566', true],
    ['http://127.9.9.9', true],
    ['http://localhost:4566/', true],
    ['http://[::1]:4566', true],
    ['http://127.0.0.1.example.com', false],
    ['http://10.0.0.1:4566', false],
    ['https://sns.eu-west-1.amazonaws.com', false],
    ['127.0.0.1', false],
    ['', false],
  ] as const)
    it(`is${is ? '' : ' not'} on this machine at "${address}"`, () => {
      expect(isLoopback(address)).to.equal(is)
    })
})
