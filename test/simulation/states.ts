import type { Branch, Retrier, State, StateMachineDefinition } from '../../infra/definitions/states-language.ts'
import type { Region } from './region.ts'
import type { Way } from './strikes.ts'

type Data = Record<string, unknown>
type Invoke = (resource: string, input: unknown) => Promise<unknown>

interface Execution {
  region: Region
  invoke: Invoke
  /** The context object, `$$`. */
  context: Data
  /** What it works on. */
  way: Way
  /** Is told of each state that it enters. */
  entered?: ((name: string) => void) | undefined
}

/** Runs a state machine in simulated time: the part of the Amazon States Language that our definitions use. */
export function runMachine(definition: StateMachineDefinition, input: Data, execution: Execution): Promise<unknown> {
  const { time } = execution.region
  return new Promise((resolve, reject) => {
    const cancel = time.at(time.now() + definition.TimeoutSeconds * 1_000, () => reject(new Error('States.Timeout')))
    runBranch(definition, input, execution).then(resolve, reject).finally(cancel)
  })
}

async function runBranch(branch: Branch, input: unknown, execution: Execution): Promise<unknown> {
  let data = input
  for (let name = branch.StartAt; ; ) {
    const state = branch.States[name] as State<string>
    execution.entered?.(name)
    const step = await runState(state, data, execution)
    data = step.data
    if (step.next === undefined) return data
    name = step.next
  }
}

interface Step {
  data: unknown
  /** The state that follows; undefined at the end. */
  next: string | undefined
}

async function runState(state: State<string>, data: unknown, execution: Execution): Promise<Step> {
  const next = 'Next' in state ? state.Next : undefined
  switch (state.Type) {
    case 'Wait':
      await waitUntil(execution, String(read(state.TimestampPath, data, execution.context)))
      return { data, next }
    case 'Pass':
      return { data: fill(state.Parameters, data, execution.context), next }
    case 'Choice': {
      const chosen = state.Choices.find(
        ({ Variable, BooleanEquals }) => read(Variable, data, execution.context) === BooleanEquals,
      )
      return { data, next: chosen?.Next ?? state.Default }
    }
    case 'Succeed':
      return { data: state.OutputPath ? read(state.OutputPath, data, execution.context) : data, next: undefined }
    case 'Map': {
      const items = read(state.ItemsPath, data, execution.context) as unknown[]
      const results = await Promise.all(
        items.map((Value, Index) => {
          const context = { ...execution.context, Map: { Item: { Value, Index } } }
          return runBranch(state.ItemProcessor, fill(state.ItemSelector, data, context), { ...execution, context })
        }),
      )
      return { data: write(state.ResultPath, data, results), next }
    }
    case 'Task':
      return runTask(state, data, execution)
  }
}

async function runTask(
  state: Extract<State<string>, { Type: 'Task' }>,
  data: unknown,
  execution: Execution,
): Promise<Step> {
  const next = 'Next' in state ? state.Next : undefined
  try {
    const result = await withRetries(state.Retry, execution, () =>
      execution.invoke(state.Resource, fill(state.Parameters, data, execution.context)),
    )
    return { data: state.ResultPath ? write(state.ResultPath, data, result) : result, next }
  } catch (error) {
    const [catcher] = state.Catch ?? []
    if (!catcher) throw error
    return { data: write(catcher.ResultPath, data, { Error: String(error) }), next: catcher.Next }
  }
}

/** The first retrier that names an error is its own, and each counts its attempts alone. Source: Amazon States Language, Retry. */
async function withRetries(
  retriers: readonly Retrier[],
  { region }: Execution,
  work: () => Promise<unknown>,
): Promise<unknown> {
  const made = new Map<Retrier, number>()
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const names = ['States.ALL', (error as Error).name]
      const retrier = retriers.find(({ ErrorEquals }) => ErrorEquals.some((name) => names.includes(name)))
      const retries = retrier ? (made.get(retrier) ?? 0) : 0
      if (!retrier || retries === retrier.MaxAttempts) throw error
      made.set(retrier, retries + 1)
      const delay = Math.min(
        retrier.IntervalSeconds * retrier.BackoffRate ** retries,
        retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY,
      )
      await region.pass(delay * 1_000 * (retrier.JitterStrategy === 'FULL' ? region.faults.random() : 1))
    }
  }
}

/** A Wait ends at its whole second or a little later. */
async function waitUntil({ region, way }: Execution, timestamp: string): Promise<void> {
  const { time, faults } = region
  const late = faults.strikes('lateWake', 0.1)
  const lateMs = late ? faults.between(500, 5_000) : faults.between(5, 100)
  await region.pass(Math.max(0, Date.parse(timestamp) - time.now()))
  if (late) faults.struck('lateWake', way, lateMs)
  await region.pass(lateMs)
}

function read(path: string, data: unknown, context: Data): unknown {
  const root = path.startsWith('$$') ? context : data
  const names = path.split('.').slice(1)
  return names.reduce<unknown>((value, name) => (value as Data)[name], root)
}

function fill(template: Data, data: unknown, context: Data): Data {
  const entries = Object.entries(template).map(([name, value]) =>
    name.endsWith('.$') ? [name.slice(0, -2), read(String(value), data, context)] : [name, value],
  )
  return Object.fromEntries(entries)
}

/** Our result paths are one level deep. */
function write(path: string, data: unknown, value: unknown): Data {
  return { ...(data as Data), [path.slice(2)]: value }
}
