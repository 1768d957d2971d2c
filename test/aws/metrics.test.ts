import { expect } from 'chai'
import { createSandbox, type SinonStub } from 'sinon'
import { metrics } from '../../aws/metrics.ts'

const VARIABLES = {
  POWERTOOLS_DEV: 'true',
  POWERTOOLS_METRICS_DISABLED: 'false',
  POWERTOOLS_METRICS_NAMESPACE: 'Scheduler',
  POWERTOOLS_SERVICE_NAME: 'test',
}

describe('what functions measure', () => {
  const sandbox = createSandbox()
  const lines = () => (console.log as SinonStub).args.map(([line]) => line)
  beforeEach(() => {
    Object.assign(process.env, VARIABLES)
    sandbox.stub(console, 'log')
  })
  afterEach(() => {
    sandbox.restore()
    for (const name of Object.keys(VARIABLES)) delete process.env[name]
  })

  it('are metrics in the log, each with its unit, once per invocation', () => {
    const port = metrics()
    port.publish({ Delivered: 3, LatenessP99: 7, SweepLag: 60 })
    port.publish({ Delivered: 1 })
    const [first, second] = lines().map((line) => JSON.parse(line))
    expect(first).to.include({ Delivered: 3, LatenessP99: 7, SweepLag: 60 })
    expect(first._aws.CloudWatchMetrics[0].Namespace).to.equal('Scheduler')
    const units = first._aws.CloudWatchMetrics[0].Metrics.map(({ Name, Unit }: Record<string, string>) => [Name, Unit])
    expect(units).to.deep.equal([
      ['Delivered', 'Count'],
      ['LatenessP99', 'Milliseconds'],
      ['SweepLag', 'Seconds'],
    ])
    expect(second).to.include({ Delivered: 1 }).and.not.have.property('LatenessP99')
  })
})
