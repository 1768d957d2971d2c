import { isBuiltin } from 'node:module'
import { expect } from 'chai'
import { configOf, type Recording, recordStack } from '../support/program-recorder.ts'

/** Which function reads which variables, how long it may take and what memory it has. */
const FUNCTIONS: Record<string, { timeout: number; memory: number; variables: string }> = {
  validator: {
    timeout: 30,
    memory: 512,
    variables:
      'EVENTS_TABLE DELIVER_SLOT_ARN DELIVER_NOW_ARN FAILURE_TOPIC_ARN ALLOWED_TARGETS ENFORCE_USER INDEX SHARDS RETENTION_DAYS',
  },
  loader: { timeout: 55, memory: 256, variables: 'EVENTS_TABLE DELIVER_SLOT_ARN RETENTION_DAYS' },
  planner: { timeout: 120, memory: 512, variables: 'EVENTS_TABLE RETENTION_DAYS' },
  emitter: {
    timeout: 300,
    memory: 1024,
    variables: 'EVENTS_TABLE DELIVER_SLOT_ARN FAILURE_TOPIC_ARN SHARDS RETENTION_DAYS MAX_ATTEMPTS NODE_OPTIONS',
  },
  settler: {
    timeout: 300,
    memory: 1024,
    variables: 'EVENTS_TABLE DELIVER_SLOT_ARN FAILURE_TOPIC_ARN SHARDS RETENTION_DAYS MAX_ATTEMPTS NODE_OPTIONS',
  },
}

/** What a bundle wants from outside. A bracket before it is the text of an error message. */
function requiredBy(code: string): string[] {
  return [...code.matchAll(/[^[]require\("([^"]+)"\)/g)].map(([, name]) => name ?? '')
}

describe('every function', () => {
  let stack: Recording
  let plain: Recording
  before(async () => {
    const settings = { emitterMemoryMb: 1024, logRetentionDays: 3, logLevel: 'DEBUG', tracing: true }
    stack = await recordStack(configOf(settings))
    plain = await recordStack()
  })

  for (const [part, { timeout, memory, variables }] of Object.entries(FUNCTIONS)) {
    describe(part, () => {
      const inputs = () => stack.one('Function', `dev-${part}-function`).inputs

      it(`runs on Node.js 24 and arm64 (${part})`, () => {
        expect(inputs()).to.deep.include({ runtime: 'nodejs24.x', architectures: ['arm64'], handler: 'index.handler' })
      })

      it(`has its time and memory (${part})`, () => {
        expect(inputs()).to.include({ timeout, memorySize: memory })
      })

      it(`gets exactly the variables it reads (${part})`, () => {
        expect(Object.keys(inputs().environment.variables)).to.have.members([
          ...variables.split(' '),
          'POWERTOOLS_METRICS_NAMESPACE',
          'POWERTOOLS_SERVICE_NAME',
        ])
      })

      it(`logs JSON at the level of the settings (${part})`, () => {
        const logging = { logFormat: 'JSON', logGroup: `/aws/lambda/scheduler-${part}-dev` }
        const loggingOf = (of: Recording) => of.one('Function', `dev-${part}-function`).inputs.loggingConfig
        const debugging = { ...logging, applicationLogLevel: 'DEBUG', systemLogLevel: 'INFO' }
        expect(loggingOf(stack)).to.deep.equal(debugging)
        expect(loggingOf(plain)).to.deep.equal({ ...logging, applicationLogLevel: 'INFO', systemLogLevel: 'WARN' })
      })

      it(`is traced only if the settings say so (${part})`, () => {
        expect(inputs().tracingConfig).to.deep.equal({ mode: 'Active' })
        expect(plain.one('Function', `dev-${part}-function`).inputs.tracingConfig).to.deep.equal({
          mode: 'PassThrough',
        })
      })

      it(`waits for a log group that forgets and for its privileges (${part})`, () => {
        expect(stack.one('LogGroup', `dev-${part}-logs`).inputs).to.include({ retentionInDays: 3 })
        const { dependencies } = stack.one('Function', `dev-${part}-function`)
        for (const need of [`dev-${part}-logs`, `dev-${part}-privileges`]) {
          expect(
            dependencies.some((urn) => urn.endsWith(`::${need}`)),
            need,
          ).to.equal(true)
        }
      })

      it(`is one file that needs nothing but Node.js (${part})`, async () => {
        const assets = await inputs().code.assets
        expect(Object.keys(assets)).to.deep.equal(['index.js'])
        const code = await (await assets['index.js']).text
        expect(requiredBy(code).filter((name) => !isBuiltin(name))).to.deep.equal([])
        expect(code).to.match(/\bhandler:\(\)=>/)
      })
    })
  }

  for (const part of ['emitter', 'settler'])
    it(`does not pause to copy what it holds (${part})`, () => {
      const { variables } = stack.one('Function', `dev-${part}-function`).inputs.environment
      expect(variables.NODE_OPTIONS).to.equal('--max-semi-space-size=2')
    })

  it('learns the settings from its environment', () => {
    const { variables } = stack.one('Function', 'dev-validator-function').inputs.environment
    expect(variables).to.include({
      EVENTS_TABLE: 'scheduler-events-dev',
      DELIVER_SLOT_ARN: 'arn:aws:states:eu-west-1:123456789012:stateMachine:scheduler-deliver-slot-dev',
      DELIVER_NOW_ARN: 'arn:aws:states:eu-west-1:123456789012:stateMachine:scheduler-deliver-now-dev',
      FAILURE_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:scheduler-failure-dev',
      ALLOWED_TARGETS: '["arn:aws:sns:eu-west-1:123456789012:*"]',
      ENFORCE_USER: 'true',
      SHARDS: '1',
      RETENTION_DAYS: '7',
    })
  })

  it('reserves concurrency for loader and emitter if the settings say so, and for nobody else', async () => {
    const reserving = await recordStack(configOf({ loaderReservedConcurrency: 2, emitterReservedConcurrency: 90 }))
    const reserved = (recording: Recording) =>
      recording.of('Function').flatMap(({ inputs }) => {
        const { name, reservedConcurrentExecutions } = inputs
        return reservedConcurrentExecutions === undefined ? [] : [[name, reservedConcurrentExecutions]]
      })
    expect(reserved(stack)).to.deep.equal([])
    expect(reserved(reserving)).to.have.deep.members([
      ['scheduler-loader-dev', 2],
      ['scheduler-emitter-dev', 90],
    ])
  })
})
