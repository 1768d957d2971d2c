import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { expect } from 'chai'
import { FunctionError } from '../../../local/lambda/function-error.ts'
import { buildMachine } from '../../../local/step-functions/machine.ts'
import { executionStore } from '../../../local/step-functions/store.ts'
import { eventually } from '../support/eventually.ts'
import { EXPRESS, STANDARD, startStepFunctions, TASK, WAIT_AND_CALL, waiting } from '../support/step-functions.ts'

type Local = Awaited<ReturnType<typeof startStepFunctions>>

const start = ({ client }: Local, input: string, stateMachineArn = STANDARD) =>
  client.send(new StartExecutionCommand({ stateMachineArn, input, name: 'one' }))
const describeIt = ({ client }: Local, executionArn: string | undefined) =>
  client.send(new DescribeExecutionCommand({ executionArn }))

describe('local executions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'executions-'))
  const file = join(folder, 'executions.db')
  const open: Local[] = []
  const startLocal = async (options: Parameters<typeof startStepFunctions>[0]) => {
    const local = await startStepFunctions(options)
    open.push(local)
    return local
  }
  const ended = (local: Local, executionArn: string | undefined) =>
    eventually(async () => {
      const execution = await describeIt(local, executionArn)
      return execution.status !== 'RUNNING' && execution
    })

  afterEach(() => open.splice(0).map((local) => local.stop()))
  after(() => rmSync(folder, { recursive: true }))

  it('run again from their input when the stack starts again', async () => {
    const first = await startLocal({ file })
    const { executionArn } = await start(first, waiting(100))
    await start(first, waiting(100), EXPRESS)
    first.stop()
    open.pop()

    const calls: unknown[] = []
    const second = await startLocal({ file, invoke: async (_arn, input) => calls.push(input) })
    expect((await describeIt(second, executionArn)).status).to.equal('RUNNING')
    expect(second.service.resume()).to.equal(2)
    expect((await ended(second, executionArn)).status).to.equal('SUCCEEDED')
    await eventually(() => calls.length === 2)
  })

  it('are known after the stack has started again, with their history', async () => {
    const first = await startLocal({ file })
    const { executionArn } = await start(first, waiting(0)).catch(async () => {
      return first.client.send(new StartExecutionCommand({ stateMachineArn: STANDARD, input: waiting(0), name: 'two' }))
    })
    await ended(first, executionArn)
    first.stop()
    open.pop()
    const second = await startLocal({ file })
    expect(second.service.resume()).to.equal(0)
    expect((await describeIt(second, executionArn)).status).to.equal('SUCCEEDED')
    const { events } = second.service.api.GetExecutionHistory({ executionArn })
    expect(events.at(-1)).to.have.property('type', 'ExecutionSucceeded')
  })

  it('leave nothing in the store when they are Express and end', async () => {
    const calls: unknown[] = []
    const expressFile = join(folder, 'express.db')
    const local = await startLocal({ file: expressFile, invoke: async (_arn, input) => calls.push(input) })
    await start(local, waiting(0), EXPRESS)
    await eventually(() => calls.length === 1)
    await setImmediate()
    local.stop()
    open.pop()
    const store = executionStore(expressFile)
    expect(store.running()).to.deep.equal([])
    expect(store.page({ machineArn: EXPRESS, status: null, before: 1e9, limit: 9 }).executions).to.deep.equal([])
    store.close()
  })

  it('retry by the type of the error a function fails with', async () => {
    let calls = 0
    const definition = {
      StartAt: 'Call',
      States: {
        Call: {
          Type: 'Task',
          Resource: TASK,
          Retry: [{ ErrorEquals: ['Lambda.Unknown'], IntervalSeconds: 0, MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.caught', Next: 'Caught' }],
          End: true,
        },
        Caught: { Type: 'Succeed' },
      },
    }
    const local = await startLocal({
      definition,
      invoke: async () => {
        const errorType = ++calls === 1 ? 'Lambda.Unknown' : 'MyError'
        throw new FunctionError({ errorType, errorMessage: 'm' })
      },
    })
    const { executionArn } = await start(local, '{}')
    const output = JSON.parse((await ended(local, executionArn)).output ?? '')
    expect(output.caught.Error).to.equal('MyError')
    expect(JSON.parse(output.caught.Cause)).to.deep.equal({ errorType: 'MyError', errorMessage: 'm' })
    expect(calls).to.equal(2)
  })

  it('see their name, their input and the item of a Map', async () => {
    const definition = {
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          ItemsPath: '$.items',
          ItemSelector: {
            'item.$': '$$.Map.Item.Value',
            'name.$': '$$.Execution.Name',
            'id.$': '$$.Execution.Id',
            'machine.$': '$$.StateMachine.Name',
            'all.$': '$$.Execution.Input.items',
          },
          ItemProcessor: { StartAt: 'Call', States: { Call: { Type: 'Task', Resource: TASK, End: true } } },
          End: true,
        },
      },
    }
    const local = await startLocal({ definition })
    const { executionArn } = await start(local, '{"items":[7]}')
    const [item] = JSON.parse((await ended(local, executionArn)).output ?? '')
    expect(item).to.deep.equal({ item: 7, name: 'one', id: executionArn, machine: 'standard', all: [7] })
  })

  it('time out when their machine says so', async () => {
    const local = await startLocal({ definition: { ...WAIT_AND_CALL, TimeoutSeconds: 1 } })
    const { executionArn } = await start(local, waiting(60_000))
    expect(await ended(local, executionArn)).to.include({ status: 'TIMED_OUT', error: 'States.Timeout' })
  })
})

describe('a local state machine', () => {
  const build = (state: object) =>
    buildMachine(
      {
        arn: STANDARD,
        name: 'm',
        express: false,
        roleArn: '',
        definition: JSON.stringify({ StartAt: 'S', States: { S: state } }),
      },
      async () => null,
    )

  it('is refused with JSONata, which the engine would silently ignore', () => {
    expect(() => build({ Type: 'Pass', QueryLanguage: 'JSONata', End: true })).to.throw('JSONPath')
  })

  it('is refused with a Task that is not a function', () => {
    const task = { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', End: true }
    expect(() => build(task)).to.throw('call a function by its ARN')
  })
})
