import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions'
import { FunctionError } from '../lambda/function-error.ts'

export interface MachineSpec {
  arn: string
  name: string
  express: boolean
  /** Amazon States Language, JSON. */
  definition: string
  roleArn: string
}

type Invoke = (functionArn: string, input: unknown) => Promise<unknown>
type TaskHandlers = Record<string, (input: unknown) => Promise<never>>
type State = { Type: string; Resource?: string; QueryLanguage?: string; [field: string]: unknown }
type States = { States: Record<string, State> }

/** The engine gives a Task 60 seconds, AWS 99,999,999; and a timer of Node's holds for 24 days. */
const NO_TIMEOUT_SECONDS = 20 * 24 * 60 * 60

/** A state machine the engine can run, its Tasks wired to local functions. Throws on what the engine cannot do. */
export function buildMachine(spec: MachineSpec, invoke: Invoke) {
  const definition = JSON.parse(spec.definition)
  const tasks: TaskHandlers = {}
  for (const [name, state] of statesOf(definition)) {
    // The engine takes JSONata for valid and then ignores it.
    if (state.QueryLanguage === 'JSONata') throw new Error(`${spec.name}, state ${name}: local machines use JSONPath`)
    if (state.Type === 'Task') tasks[name] = prepareTask(spec.name, name, state, invoke)
  }
  // Not validated here: that takes 0.1 s each, and the tests of infra/ do it.
  const engine = new StateMachine(definition as StateMachineDefinition, { validationOptions: { noValidate: true } })
  return { ...spec, engine, tasks, createdAtMs: Date.now() }
}
export type Machine = ReturnType<typeof buildMachine>

/** All states, those inside Map and Parallel too: the language wants their names unique across the machine. */
function* statesOf(machine: States): Generator<[string, State]> {
  for (const [name, state] of Object.entries(machine.States)) {
    yield [name, state]
    for (const inner of [state.ItemProcessor, state.Iterator, ...((state.Branches as unknown[]) ?? [])]) {
      if (inner) yield* statesOf(inner as States)
    }
  }
}

function prepareTask(machine: string, name: string, state: State, invoke: Invoke): TaskHandlers[string] {
  const arn = state.Resource ?? ''
  if (!arn.startsWith('arn:aws:lambda:')) {
    throw new Error(`${machine}, state ${name}: local Tasks call a function by its ARN, not ${arn}`)
  }
  if (!('TimeoutSeconds' in state || 'TimeoutSecondsPath' in state)) state.TimeoutSeconds = NO_TIMEOUT_SECONDS
  return (input) => invoke(arn, input).catch(asTaskFailure) as Promise<never>
}

/** As AWS gives it to Retry and Catch: the error's type for a name, all of it as JSON for the cause. */
function asTaskFailure(error: unknown): never {
  const details = error instanceof FunctionError ? error.details : { errorMessage: String(error) }
  const failure = new Error(JSON.stringify(details))
  failure.name = error instanceof FunctionError ? error.name : 'Lambda.Unknown'
  throw failure
}
