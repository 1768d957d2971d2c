import { type StepFunctionsApi, stepFunctionsApi } from './api.ts'
import { executionRunner } from './executions.ts'
import { buildMachine, type Machine, type MachineSpec } from './machine.ts'
import { type Execution, executionStore } from './store.ts'

interface Deps {
  invoke(functionArn: string, input: unknown): Promise<unknown>
  /** Called when a Standard execution starts and when it ends, as EventBridge is. */
  onChange(execution: Execution): void
  /** Where executions are kept; in memory without it. */
  file?: string | undefined
}

/** Step Functions: an engine from npm, with the records and the API that AWS puts around it. */
export function stepFunctions({ invoke, onChange, file }: Deps) {
  const machines = new Map<string, Machine>()
  const store = executionStore(file)
  const runner = executionRunner(store, (execution) => {
    if (!execution.express) onChange(execution)
  })
  return {
    api: stepFunctionsApi(machines, runner, store) as StepFunctionsApi,
    define: (spec: MachineSpec) => void machines.set(spec.arn, buildMachine(spec, invoke)),
    /** To be called once all machines are defined. @returns how many executions run again */
    resume(): number {
      const left = store.running().filter(({ machineArn }) => machines.has(machineArn))
      for (const execution of left) runner.resume(machines.get(execution.machineArn) as Machine, execution)
      return left.length
    },
    stop(): void {
      runner.close()
      store.close()
    },
  }
}
export type StepFunctions = ReturnType<typeof stepFunctions>
