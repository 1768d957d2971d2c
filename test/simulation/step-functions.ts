import type { EventRef } from '../../core/event.ts'
import type { StateMachineDefinition } from '../../infra/definitions/states-language.ts'
import { StruckError } from './instance.ts'
import type { Lambda } from './lambda.ts'
import type { Region } from './region.ts'
import { runMachine } from './states.ts'
import { wayOf } from './way.ts'

interface Running {
  input: string
  running: boolean
}

/** Chance that nobody hears of an execution that failed. */
const LOST_NOTICE = 0.5

/** Starts a second, bucket. Source: Step Functions quotas, StartExecution of Standard workflows in us-east-1. */
const STARTS_PER_SECOND = 300
const START_BUCKET = 1_300

export interface Machines {
  deliverSlot: StateMachineDefinition
  deliverNow: StateMachineDefinition
  /** Is told of each state that an execution enters, with the definition it is of. */
  entered?: (name: string, definition: StateMachineDefinition) => void
}

/** Step Functions: Standard executions by name, Express ones at least once. */
export function startStepFunctions(
  region: Region,
  lambda: Lambda,
  machines: Machines,
  onFailed: (detail: { name: string; input: string }) => void,
) {
  const executions = new Map<string, Running>()
  const { time, faults } = region
  let bucket = START_BUCKET
  let filledAtMs = time.now()
  let express = 0

  const takeToken = () => {
    bucket = Math.min(START_BUCKET, bucket + ((time.now() - filledAtMs) * STARTS_PER_SECOND) / 1_000)
    filledAtMs = time.now()
    if (bucket < 1 && faults.enabled.has('quotas'))
      throw new StruckError('quotas', 'StartExecution: ThrottlingException')
    bucket--
  }
  const run = (definition: StateMachineDefinition, name: string, input: string) =>
    runMachine(definition, JSON.parse(input), {
      region,
      invoke: lambda.invoke,
      context: { Execution: { Name: name } },
      way: wayOf(JSON.parse(input)),
      entered: (state) => machines.entered?.(state, definition),
    })

  return {
    runners: {
      async start(name: string, input: string): Promise<boolean> {
        takeToken()
        const known = executions.get(name)
        if (known) return known.running
        const execution = { input, running: true }
        executions.set(name, execution)
        run(machines.deliverSlot, name, input)
          .catch(() => {
            if (faults.strikes('lostNotice', LOST_NOTICE)) faults.struck('lostNotice', wayOf(JSON.parse(input)))
            else onFailed({ name, input })
          })
          .finally(() => {
            execution.running = false
          })
        return true
      },
    },
    express: {
      async deliver(wakeAt: string, events: readonly EventRef[]): Promise<void> {
        const name = `express-${express++}`
        const input = JSON.stringify({ wakeAt, events: events.map(({ slot, key }) => ({ slot, key })) })
        const times = faults.strikes('doubledExpress', 0.01) ? 2 : 1
        if (times > 1) faults.struck('doubledExpress', wayOf(JSON.parse(input)))
        // A failed express delivery is the settler's to make good.
        for (let i = 0; i < times; i++) run(machines.deliverNow, name, input).catch(() => {})
      },
    },
    /** Executions of the express lane that were started. */
    expressStarts: () => express,
    /** Forgets executions that have ended: nobody asks for slots that old. */
    forgetEnded(beforeSlot: string): void {
      for (const [name, { running }] of executions) if (!running && name < beforeSlot) executions.delete(name)
    },
  }
}

export type StepFunctions = ReturnType<typeof startStepFunctions>
