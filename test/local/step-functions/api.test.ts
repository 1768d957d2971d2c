import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn'
import { expect } from 'chai'
import { errorOf } from '../support/client-error.ts'
import { eventually } from '../support/eventually.ts'
import { EXPRESS, STANDARD, startStepFunctions, TASK, waiting } from '../support/step-functions.ts'

const LONG_MS = 60_000

describe('the local Step Functions API', () => {
  let local: Awaited<ReturnType<typeof startStepFunctions>>
  let tasks: (input: unknown) => Promise<unknown>

  beforeEach(async () => {
    tasks = async (input) => input
    local = await startStepFunctions({ invoke: (_arn, input) => tasks(input) })
  })
  afterEach(() => local.stop())

  const start = (input: string, name?: string, stateMachineArn = STANDARD) =>
    local.client.send(new StartExecutionCommand({ stateMachineArn, input, ...(name ? { name } : {}) }))
  const describeExecution = (executionArn: string | undefined) =>
    local.client.send(new DescribeExecutionCommand({ executionArn }))
  const ended = (executionArn: string | undefined, as: ExecutionStatus = 'SUCCEEDED') =>
    eventually(async () => {
      const execution = await describeExecution(executionArn)
      return execution.status === as && execution
    })
  it('runs an execution to its end and describes it', async () => {
    const input = waiting(20)
    const { executionArn } = await start(input, 'one')
    const execution = await ended(executionArn)
    expect(execution).to.include({ name: 'one', stateMachineArn: STANDARD, input, output: input })
    expect(execution.stopDate?.getTime()).to.be.at.least(execution.startDate?.getTime() ?? 0)
  })

  it('answers a second start of a running execution with the first one', async () => {
    const input = waiting(LONG_MS)
    const first = await start(input, 'same')
    const second = await start(input, 'same')
    expect(second.executionArn).to.equal(first.executionArn)
    expect(second.startDate).to.deep.equal(first.startDate)
    expect(local.changes).to.have.lengthOf(1)
  })

  it('refuses the name of a running execution for another input', async () => {
    await start(waiting(LONG_MS), 'same')
    expect((await errorOf(start(waiting(LONG_MS + 1), 'same'))).name).to.equal('ExecutionAlreadyExists')
  })

  it('refuses the name of an ended execution, whatever the input', async () => {
    const input = waiting(0)
    await ended((await start(input, 'same')).executionArn)
    expect((await errorOf(start(input, 'same'))).name).to.equal('ExecutionAlreadyExists')
  })

  it('starts an Express execution as often as it is told to', async () => {
    const input = waiting(LONG_MS)
    const first = await start(input, 'same', EXPRESS)
    const second = await start(input, 'same', EXPRESS)
    expect(second.executionArn).not.to.equal(first.executionArn)
  })

  it('neither describes nor lists Express executions', async () => {
    const { executionArn } = await start(waiting(LONG_MS), 'same', EXPRESS)
    expect((await errorOf(describeExecution(executionArn))).name).to.equal('InvalidArn')
    const list = local.client.send(new ListExecutionsCommand({ stateMachineArn: EXPRESS }))
    expect((await errorOf(list)).name).to.equal('StateMachineTypeNotSupported')
  })

  for (const [what, name] of [
    ['of 81 characters', 'x'.repeat(81)],
    ['with a colon', '12:34'],
    ['with a blank', 'a b'],
  ] as const) {
    it(`refuses a name ${what}`, async () => {
      expect((await errorOf(start('{}', name))).name).to.equal('InvalidName')
    })
  }

  it('takes a name of 80 characters', async () => {
    expect((await start(waiting(0), 'x'.repeat(80))).executionArn).to.match(/:x{80}$/)
  })

  it('refuses an input that is no JSON', async () => {
    expect((await errorOf(start('{'))).name).to.equal('InvalidExecutionInput')
  })

  it('knows neither other machines nor other executions', async () => {
    expect((await errorOf(start('{}', 'x', `${STANDARD}2`))).name).to.equal('StateMachineDoesNotExist')
    const unknown = STANDARD.replace('stateMachine', 'execution')
    expect((await errorOf(describeExecution(`${unknown}:x`))).name).to.equal('ExecutionDoesNotExist')
    expect((await errorOf(describeExecution('nonsense'))).name).to.equal('InvalidArn')
  })

  it('stops an execution with the reason given', async () => {
    const { executionArn } = await start(waiting(LONG_MS))
    await local.client.send(new StopExecutionCommand({ executionArn, error: 'E', cause: 'because' }))
    expect(await ended(executionArn, 'ABORTED')).to.include({ error: 'E', cause: 'because' })
  })

  it('tells why an execution failed', async () => {
    tasks = async () => {
      throw new Error('no such thing')
    }
    const { executionArn } = await start(waiting(0))
    const execution = await ended(executionArn, 'FAILED')
    expect(execution.error).to.equal('Lambda.Unknown')
    expect(execution.cause).to.contain('no such thing')
  })

  it('lists the latest first, by status, page by page', async () => {
    await ended((await start(waiting(0), 'ended')).executionArn)
    for (const name of ['a', 'b', 'c']) await start(waiting(LONG_MS), name)
    const list = (more: object) => local.client.send(new ListExecutionsCommand({ stateMachineArn: STANDARD, ...more }))
    const namesOf = async (more: object) => (await list(more)).executions?.map(({ name }) => name)
    expect(await namesOf({})).to.deep.equal(['c', 'b', 'a', 'ended'])
    expect(await namesOf({ statusFilter: 'SUCCEEDED' })).to.deep.equal(['ended'])
    const { nextToken } = await list({ maxResults: 3 })
    expect(await namesOf({ maxResults: 3, nextToken })).to.deep.equal(['ended'])
  })

  it('tells the history of an execution, backwards and in pages too', async () => {
    const { executionArn } = await start(waiting(0))
    await ended(executionArn)
    const history = async (more: object) => local.client.send(new GetExecutionHistoryCommand({ executionArn, ...more }))
    const all = (await history({})).events?.map(({ type }) => type) ?? []
    expect(all).to.deep.equal([
      'ExecutionStarted',
      'WaitStateEntered',
      'WaitStateExited',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ])
    const last = await history({ reverseOrder: true, maxResults: 1 })
    expect(last.events?.[0]).to.include({ id: 9, type: 'ExecutionSucceeded' })
    const before = await history({ reverseOrder: true, maxResults: 1, nextToken: last.nextToken })
    expect(before.events?.[0]).to.include({ id: 8, previousEventId: 7, type: 'TaskStateExited' })
  })

  it('shows the history of an execution that still runs', async () => {
    const { executionArn } = await start(waiting(LONG_MS))
    const { events } = await local.client.send(new GetExecutionHistoryCommand({ executionArn }))
    expect(events?.map(({ type }) => type)).to.deep.equal(['ExecutionStarted', 'WaitStateEntered'])
  })

  it('lists and describes the machines', async () => {
    const { stateMachines } = await local.client.send(new ListStateMachinesCommand({}))
    expect(stateMachines?.map(({ name, type }) => [name, type])).to.deep.equal([
      ['standard', 'STANDARD'],
      ['express', 'EXPRESS'],
    ])
    const machine = await local.client.send(new DescribeStateMachineCommand({ stateMachineArn: STANDARD }))
    expect(JSON.parse(machine.definition ?? '').States.Call.Resource).to.equal(TASK)
  })

  it('says that it has no StartSyncExecution', async () => {
    const error = await errorOf(local.client.send(new StartSyncExecutionCommand({ stateMachineArn: EXPRESS })))
    expect(error.name).to.equal('UnknownOperationException')
    expect(error.message).to.contain('StartSyncExecution')
  })

  it('tells of Standard executions that start and end, not of Express ones', async () => {
    await start(waiting(0), 'quiet', EXPRESS)
    await ended((await start(waiting(0), 'told')).executionArn)
    expect(local.changes.map(({ name, status }) => [name, status])).to.deep.equal([
      ['told', 'RUNNING'],
      ['told', 'SUCCEEDED'],
    ])
  })
})
