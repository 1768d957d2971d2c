import { ExecutionAlreadyExists, SFNClient, type SFNClientConfig } from '@aws-sdk/client-sfn'
import { SchedulerError } from '../core/errors.ts'
import { START_TIMEOUT_MS } from '../core/timetable.ts'
import { startExecution } from './executions.ts'
import { timeouts } from './timeouts.ts'

/** Starts the executions of `deliver-slot`, one per slot. */
export function runners(client: SFNClient, deliverSlotArn: string) {
  return {
    /**
     * Starts a runner. Starting the same one again while it runs changes nothing.
     * @returns whether it is running now; false if an execution of that name has already ended
     */
    async start(name: string, input: string): Promise<boolean> {
      try {
        await startExecution(client, { stateMachineArn: deliverSlotArn, name, input })
        return true
      } catch (fault) {
        // Same name and same input as a running execution succeeds, so this one has ended. Source: StartExecution.
        if (fault instanceof SchedulerError && fault.cause instanceof ExecutionAlreadyExists) return false
        throw fault
      }
    },
  }
}

export type Runners = ReturnType<typeof runners>

/** A client with retries enough for a full start bucket. */
export function sfnClient(config: SFNClientConfig = {}): SFNClient {
  return new SFNClient({ maxAttempts: 6, requestHandler: timeouts(START_TIMEOUT_MS), ...config })
}
