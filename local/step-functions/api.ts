import { AwsError } from '../endpoint/aws-error.ts'
import type { ExecutionRunner } from './executions.ts'
import { historyOf } from './history.ts'
import type { Machine } from './machine.ts'
import { checkArn, executionArn, executionInput, executionName } from './names.ts'
import { limitOf, pageOf, tokenFor, tokenOf } from './paging.ts'
import type { Execution, ExecutionStatus, ExecutionStore } from './store.ts'

type Request = Record<string, unknown>

/** The calls of Step Functions' API that the local stack knows, by name. They throw AwsErrors. */
export function stepFunctionsApi(machines: Map<string, Machine>, runner: ExecutionRunner, store: ExecutionStore) {
  function machineOf({ stateMachineArn }: Request): Machine {
    const arn = checkArn(stateMachineArn, 'stateMachine')
    const machine = machines.get(arn)
    if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`)
    return machine
  }

  function executionOf(request: Request): Execution {
    const arn = checkArn(request.executionArn, 'execution')
    const execution = store.find(arn)
    if (!execution) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`)
    return execution
  }

  return {
    StartExecution(request: Request) {
      const machine = machineOf(request)
      const name = executionName(request.name)
      const input = executionInput(request.input)
      const arn = executionArn(machine.name, name, machine.express)
      const known = store.find(arn)
      if (known) return startedAgain(known, input)
      const execution = newExecution(machine, name, arn, input)
      runner.start(machine, execution)
      return { executionArn: arn, startDate: seconds(execution.startedAtMs) }
    },
    StopExecution(request: Request) {
      const { arn } = executionOf(request)
      const { error = null, cause = null } = request as { error?: string; cause?: string }
      runner.stop(arn, { error, cause })
      return { stopDate: seconds(Date.now()) }
    },
    DescribeExecution: (request: Request) => described(executionOf(request)),
    ListExecutions(request: Request) {
      const machine = machineOf(request)
      if (machine.express) throw new AwsError('StateMachineTypeNotSupported', 'Express executions are not listed')
      const { executions, last } = store.page({
        machineArn: machine.arn,
        status: (request.statusFilter as ExecutionStatus | undefined) ?? null,
        before: tokenOf(request.nextToken) ?? Number.MAX_SAFE_INTEGER,
        limit: limitOf(request.maxResults),
      })
      return { executions: executions.map(summary), nextToken: tokenFor(last) }
    },
    GetExecutionHistory(request: Request) {
      const events = historyOf(runner.events(executionOf(request).arn))
      const { items, nextToken } = pageOf(request.reverseOrder ? events.toReversed() : events, request)
      return { events: items, nextToken }
    },
    ListStateMachines(request: Request) {
      const { items, nextToken } = pageOf([...machines.values()], request)
      return { stateMachines: items.map(machineSummary), nextToken }
    },
    DescribeStateMachine(request: Request) {
      const machine = machineOf(request)
      const { definition, roleArn } = machine
      return { ...machineSummary(machine), status: 'ACTIVE', definition, roleArn }
    },
  }
}
export type StepFunctionsApi = ReturnType<typeof stepFunctionsApi>

/** Starting a Standard execution twice with the same input is one start, as long as it runs. */
function startedAgain(known: Execution, input: string) {
  if (known.status === 'RUNNING' && known.input === input) {
    return { executionArn: known.arn, startDate: seconds(known.startedAtMs) }
  }
  throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${known.arn}'`)
}

const newExecution = (machine: Machine, name: string, arn: string, input: string): Execution => ({
  arn,
  machineArn: machine.arn,
  name,
  express: machine.express,
  status: 'RUNNING',
  input,
  startedAtMs: Date.now(),
  stoppedAtMs: null,
  output: null,
  error: null,
  cause: null,
})

/** AWS's JSON protocol counts time in seconds, with milliseconds as a fraction. */
const seconds = (ms: number) => ms / 1_000

const summary = (execution: Execution) => ({
  executionArn: execution.arn,
  stateMachineArn: execution.machineArn,
  name: execution.name,
  status: execution.status,
  startDate: seconds(execution.startedAtMs),
  stopDate: execution.stoppedAtMs === null ? undefined : seconds(execution.stoppedAtMs),
})

const described = (execution: Execution) => ({
  ...summary(execution),
  input: execution.input,
  output: execution.output ?? undefined,
  error: execution.error ?? undefined,
  cause: execution.cause ?? undefined,
})

const machineSummary = ({ arn, name, express, createdAtMs }: Machine) => ({
  stateMachineArn: arn,
  name,
  type: express ? 'EXPRESS' : 'STANDARD',
  creationDate: seconds(createdAtMs),
})
