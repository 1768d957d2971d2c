import type { SFNClient } from '@aws-sdk/client-sfn'
import type { EventRef } from '../core/event.ts'
import { startExecution } from './executions.ts'

/** Starts the executions of `deliver-now`, for events due within seconds. */
export function expressLane(client: SFNClient, deliverNowArn: string) {
  return {
    /** Has the events delivered by an execution that wakes at `wakeAt` (ISO 8601, whole seconds). */
    async deliver(wakeAt: string, events: readonly EventRef[]): Promise<void> {
      const input = JSON.stringify({ wakeAt, events: events.map(({ slot, key }) => ({ slot, key })) })
      await startExecution(client, { stateMachineArn: deliverNowArn, input })
    },
  }
}

export type ExpressLane = ReturnType<typeof expressLane>
