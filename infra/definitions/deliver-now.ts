import { EXPRESS_TIMEOUT_SECONDS } from '../../core/timetable.ts'
import { retriers } from './retriers.ts'
import { type StateMachineDefinition, stateMachine } from './states-language.ts'

/**
 * Delivers events due within seconds. If it fails nothing is lost: the runner of their slot settles them.
 * Input: `{"wakeAt": "2026-11-23T12:34:55Z", "events": [{"slot": "2026-11-23T12-34Z-00", "key": "001795437296789#some-id"}]}`.
 */
export function deliverNow({ emitter }: { emitter: string }): StateMachineDefinition {
  return stateMachine({
    Comment: 'Delivers events that are due within seconds',
    TimeoutSeconds: EXPRESS_TIMEOUT_SECONDS,
    StartAt: 'WaitForEvents',
    States: {
      WaitForEvents: { Type: 'Wait', TimestampPath: '$.wakeAt', Next: 'Emit' },
      Emit: {
        Type: 'Task',
        Resource: emitter,
        Parameters: { 'execution.$': '$$.Execution.Name', 'events.$': '$.events' },
        Retry: retriers({ IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1 }),
        End: true,
      },
    },
  })
}
