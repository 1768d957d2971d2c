import { ExecutionAbortedError, ExecutionError, ExecutionTimeoutError } from 'aws-local-stepfunctions'
import type { Machine } from './machine.ts'
import type { Execution, ExecutionStore } from './store.ts'

interface Run {
  abort(): void
  events: unknown[]
}

type Ending = Pick<Execution, 'status' | 'output' | 'error' | 'cause'>

/** Runs executions and keeps their records. */
export function executionRunner(store: ExecutionStore, onChange: (execution: Execution) => void) {
  const runs = new Map<string, Run & { stoppedWith?: Partial<Ending> }>()
  let closed = false

  function run(machine: Machine, execution: Execution): void {
    const { abort, eventLogs, result } = machine.engine.run(JSON.parse(execution.input), {
      context: contextOf(machine, execution),
      overrides: { taskResourceLocalHandlers: machine.tasks },
    })
    const events: unknown[] = []
    runs.set(execution.arn, { abort, events })
    // Nobody can ask for the history of an Express execution: there are many of them, so it is not even collected.
    const logged = execution.express ? Promise.resolve() : collect(eventLogs, events)
    result.then(success, failure).then(async (ending) => {
      await logged
      end(execution, ending)
    })
  }

  function end(execution: Execution, ending: Ending): void {
    // What the end of this process aborts stays RUNNING in the store, and runs again when the stack starts again.
    if (closed) return
    const { stoppedWith, events } = runs.get(execution.arn) ?? { events: [] }
    runs.delete(execution.arn)
    const ended = { ...execution, ...ending, ...stoppedWith, stoppedAtMs: Date.now() }
    store.end(ended, events)
    onChange(ended)
  }

  return {
    /** Records the execution before it runs: once this returns, not even `kill -9` makes it undone. */
    start(machine: Machine, execution: Execution): void {
      store.add(execution)
      run(machine, execution)
      onChange(execution)
    },
    /** Runs an execution that a former process left RUNNING again from its input; AWS would go on where it was. */
    resume: run,
    stop(arn: string, stoppedWith: Partial<Ending>): void {
      const running = runs.get(arn)
      if (running) Object.assign(running, { stoppedWith }).abort()
    },
    events: (arn: string) => runs.get(arn)?.events ?? store.history(arn),
    close(): void {
      closed = true
      for (const { abort } of runs.values()) abort()
    },
  }
}
export type ExecutionRunner = ReturnType<typeof executionRunner>

/** `$$`; the engine itself adds Execution.Input, Execution.StartTime and Map.Item. */
const contextOf = (machine: Machine, { arn, name }: Execution) => ({
  Execution: { Id: arn, Name: name, RoleArn: machine.roleArn },
  StateMachine: { Id: machine.arn, Name: machine.name },
})

async function collect(logs: AsyncIterable<unknown>, events: unknown[]): Promise<void> {
  for await (const event of logs) events.push(event)
}

const success = (output: unknown): Ending => ({
  status: 'SUCCEEDED',
  output: JSON.stringify(output) ?? 'null',
  error: null,
  cause: null,
})

function failure(reason: unknown): Ending {
  const ended = { output: null, error: null, cause: null }
  if (reason instanceof ExecutionAbortedError) return { ...ended, status: 'ABORTED' }
  if (reason instanceof ExecutionTimeoutError) return { ...ended, status: 'TIMED_OUT', error: 'States.Timeout' }
  const error = (reason instanceof ExecutionError ? reason.cause : reason) as Error
  const cause = error.cause ?? error.message
  return {
    ...ended,
    status: 'FAILED',
    error: error.name,
    cause: typeof cause === 'string' ? cause : JSON.stringify(cause),
  }
}
