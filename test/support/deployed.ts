import { createSandbox } from 'sinon'
import type { SchedulerError } from '../../core/errors.ts'
import { type Dynalite, startDynalite } from './dynalite.ts'

/**
 * Runs the tests of this `describe` as on a deployed stack: the variables of all functions are set, with a table on
 * dynalite, and what functions log is not printed.
 */
export function asDeployed(): void {
  const sandbox = createSandbox()
  const variables = { ...process.env }
  let dynamo: Dynalite
  before(async () => {
    dynamo = await startDynalite()
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
      POWERTOOLS_DEV: 'true',
      POWERTOOLS_METRICS_NAMESPACE: 'Scheduler',
      POWERTOOLS_SERVICE_NAME: 'test',
      EVENTS_TABLE: await dynamo.createTable(),
      DELIVER_SLOT_ARN: 'arn:aws:states:eu-west-1:123456789012:stateMachine:deliver-slot',
      FAILURE_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:failure',
      SHARDS: '1',
      RETENTION_DAYS: '2',
      MAX_ATTEMPTS: '3',
    })
  })
  beforeEach(() => {
    sandbox.stub(console, 'log')
    sandbox.stub(console, 'info')
  })
  afterEach(() => sandbox.restore())
  after(async () => {
    for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name]
    Object.assign(process.env, variables)
    await dynamo.stop()
  })
}

/** The code of the error with which a function refuses its input. */
export async function refusal(work: () => Promise<unknown>): Promise<string> {
  return work().then(
    () => 'not refused',
    ({ code }: SchedulerError) => code,
  )
}
