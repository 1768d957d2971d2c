import { expect } from 'chai'
import { createSandbox } from 'sinon'
import { metrics } from '../../aws/metrics.ts'
import { configOf, type Recording, recordStack } from '../support/program-recorder.ts'

describe('the alarms', function () {
  // The first recording of a run loads Pulumi and bundles the functions.
  this.timeout(60_000)
  let quiet: Recording
  let loud: Recording
  before(async () => {
    quiet = await recordStack()
    loud = await recordStack(configOf({ alarmEmail: 'me@example.com' }))
  })
  const alarm = (name: string) => quiet.one('MetricAlarm', `dev-${name}-alarm`).inputs

  it('are seventeen: ten are free, the others cost 70 cents a month', () => {
    expect(quiet.of('MetricAlarm')).to.have.length(17)
  })

  for (const [part, queue] of [
    ['input-dlq', 'input'],
    ['subscription-dlq', 'subscription'],
    ['schedule-dlq', 'schedule'],
  ]) {
    it(`go off when a message waits in the ${queue} dead letter queue`, () => {
      expect(alarm(`${part}`)).to.deep.include({
        namespace: 'AWS/SQS',
        metricName: 'ApproximateNumberOfMessagesVisible',
        dimensions: { QueueName: `scheduler-${queue}-dev-dlq` },
        comparisonOperator: 'GreaterThanThreshold',
        threshold: 0,
        evaluationPeriods: 1,
      })
    })
  }

  it('go off when a runner fails', () => {
    const dimensions = {
      StateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:scheduler-deliver-slot-dev',
    }
    expect(alarm('slot-failed')).to.deep.include({ metricName: 'ExecutionsFailed', dimensions, threshold: 0 })
  })

  it('go off when a runner or an express delivery times out, which does not count as failing', () => {
    const machine = (part: string) => `arn:aws:states:eu-west-1:123456789012:stateMachine:scheduler-${part}-dev`
    for (const [name, part] of [
      ['slot-timed-out', 'deliver-slot'],
      ['express-timed-out', 'deliver-now'],
    ] as const)
      expect(alarm(name), name).to.deep.include({
        namespace: 'AWS/States',
        metricName: 'ExecutionsTimedOut',
        dimensions: { StateMachineArn: machine(part) },
        statistic: 'Sum',
        threshold: 0,
      })
  })

  it('go off when any function is throttled', () => {
    for (const { inputs } of quiet.of('Function')) {
      const throttles = quiet
        .of('MetricAlarm')
        .filter((one) => one.inputs.metricName === 'Throttles' && one.inputs.dimensions.FunctionName === inputs.name)
      expect(throttles, inputs.name).to.have.length(1)
      expect(throttles[0]?.inputs).to.include({ namespace: 'AWS/Lambda', statistic: 'Sum', threshold: 0 })
    }
  })

  it('go off when slots stay unsettled for three minutes', () => {
    expect(alarm('unsettled-slots')).to.deep.include({
      namespace: 'aws-scheduler',
      metricName: 'UnsettledSlots',
      threshold: 0,
      period: 60,
      evaluationPeriods: 3,
      treatMissingData: 'notBreaching',
    })
  })

  it('go off at once when items cannot be read, and when nobody could be told of a failure', () => {
    for (const [name, metricName] of [
      ['unreadable', 'Unreadable'],
      ['untold', 'Untold'],
    ])
      expect(alarm(`${name}`)).to.deep.include({
        namespace: 'aws-scheduler',
        metricName,
        dimensions: { service: 'dev' },
        statistic: 'Maximum',
        threshold: 0,
        evaluationPeriods: 1,
        treatMissingData: 'notBreaching',
      })
  })

  it('watch the very metric that the functions emit', () => {
    const { variables } = quiet.one('Function', 'dev-loader-function').inputs.environment
    const [line] = printedBy(variables, () => metrics().publish({ UnsettledSlots: 1 }))
    const { CloudWatchMetrics, Timestamp: _, ...values } = { ...line._aws, ...line }
    const { namespace, metricName, dimensions } = alarm('unsettled-slots')
    expect(CloudWatchMetrics).to.deep.include({
      Namespace: namespace,
      Dimensions: [Object.keys(dimensions)],
      Metrics: [{ Name: metricName, Unit: 'Count' }],
    })
    expect(values).to.include(dimensions)
  })

  it('go off when the loader fails, and when it is not invoked at all', () => {
    expect(alarm('loader-errors')).to.include({ metricName: 'Errors', threshold: 0 })
    expect(alarm('loader-silent')).to.include({
      metricName: 'Invocations',
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      treatMissingData: 'breaching',
    })
  })

  it('only show in the console unless there is an address', () => {
    for (const { name, inputs } of quiet.of('MetricAlarm')) expect(inputs.alarmActions, name).to.deep.equal([])
    expect(quiet.of('TopicSubscription')).to.have.length(1)
  })

  it('are mailed, and their end too, if there is an address', () => {
    const topic = loud.one('Topic', 'dev-alarm-topic')
    expect(loud.one('TopicSubscription', 'dev-alarm-mail').inputs).to.deep.equal({
      topic: topic.arn,
      protocol: 'email',
      endpoint: 'me@example.com',
    })
    for (const { name, inputs } of loud.of('MetricAlarm')) {
      expect([inputs.alarmActions, inputs.okActions], name).to.deep.equal([[topic.arn], [topic.arn]])
    }
  })

  it('may use the key of their topic, which is encrypted as well', () => {
    const services = (stack: Recording) =>
      JSON.parse(stack.one('Key', 'dev-key').inputs.policy).Statement.map(
        (one: { Principal: { Service?: string } }) => one.Principal.Service,
      )
    expect(loud.one('Topic', 'dev-alarm-topic').inputs.kmsMasterKeyId).to.equal(loud.one('Key', 'dev-key').arn)
    expect(services(loud)).to.include('cloudwatch.amazonaws.com')
    expect(services(quiet)).not.to.include('cloudwatch.amazonaws.com')
  })
})

/** The lines of JSON that `work` prints in a function's environment. */
function printedBy(variables: Record<string, string>, work: () => void) {
  const sandbox = createSandbox()
  sandbox.stub(process, 'env').value({ ...process.env, ...variables })
  const write = sandbox.stub(process.stdout, 'write').returns(true)
  try {
    work()
    return write.args.map(([text]) => JSON.parse(String(text)))
  } finally {
    sandbox.restore()
  }
}
