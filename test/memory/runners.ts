import type { Runners } from '../../aws/runners.ts'

export interface StartedRunner {
  name: string
  input: string
  running: boolean
}

export interface RunnersInMemory extends Runners {
  /** Executions there are, in the order they were started. */
  all(): StartedRunner[]
  /** Their names. */
  names(): string[]
  /** Ends an execution: its name can never be started again. */
  end(name: string): void
  /** Makes `start` reject until it is called with undefined. */
  failWith(error: Error | undefined): void
}

/**
 * Step Functions' Standard executions as far as starting goes: the same name as a running one changes nothing.
 * @param onStart told of every execution that really starts
 */
export function runnersInMemory(onStart: (runner: StartedRunner) => void = () => {}): RunnersInMemory {
  const executions = new Map<string, StartedRunner>()
  let failure: Error | undefined
  return {
    async start(name, input) {
      if (failure) throw failure
      const known = executions.get(name)
      if (known) return known.running
      const runner = { name, input, running: true }
      executions.set(name, runner)
      onStart(runner)
      return true
    },
    all: () => [...executions.values()],
    names: () => [...executions.keys()],
    end(name) {
      const runner = executions.get(name)
      if (!runner) throw new Error(`No runner ${name} was started`)
      runner.running = false
    },
    failWith(error) {
      failure = error
    },
  }
}
