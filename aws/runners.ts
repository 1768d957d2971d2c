import { ExecutionAlreadyExists, SFNClient, type SFNClientConfig } from '@aws-sdk/client-sfn'
import { SchedulerError } from '../core/errors.ts'
import { START_TIMEOUT_MS } from '../core/timetable.ts'
import { startExecution, startedExecution } from './executions.ts'
import { timeouts } from './timeouts.ts'
import { unlogged } from './unlogged.ts'

/** Starts the executions of `deliver-slot`, one per slot. */
export function runners(client: SFNClient, deliverSlotArn: string) {
  return {
    /**
     * Starts a runner. Starting the same one again while it runs changes nothing, whatever input it was started with:
     * an earlier version may have given it another.
     * @returns whether it is running now; false if an execution of that name has already ended
     */
    async start(name: string, input: string): Promise<boolean> {
      const runner = { stateMachineArn: deliverSlotArn, name, input }
      try {
        await startExecution(client, runner)
        return true
      } catch (fault) {
        if (!(fault instanceof SchedulerError && fault.cause instanceof ExecutionAlreadyExists)) throw fault
        const known = await startedExecution(client, runner)
        // With the same input it would have succeeded, had the execution not ended. Source: StartExecution.
        return known.status === 'RUNNING' && known.input !== input
      }
    },
  }
}

export type Runners = ReturnType<typeof runners>

/** A client with retries enough for a full start bucket. */
export function sfnClient(config: SFNClientConfig = {}): SFNClient {
  return unlogged(new SFNClient({ maxAttempts: 6, requestHandler: timeouts(START_TIMEOUT_MS), ...config }))
}
