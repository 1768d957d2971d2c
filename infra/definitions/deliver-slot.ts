import { MAX_SEGMENTS } from '../../core/segment.ts'
import { RUNNER_TIMEOUT_SECONDS } from '../../core/timetable.ts'
import { retriers } from './retriers.ts'
import { branch, type StateMachineDefinition, stateMachine } from './states-language.ts'

export interface DeliverSlotArns {
  planner: string
  emitter: string
  settler: string
}

/** Quick, as the first events of the slot are due in seconds. */
const RETRY_PLAN = retriers({ IntervalSeconds: 1, MaxAttempts: 6, BackoffRate: 1.5, MaxDelaySeconds: 5 })
/** Quicker: the emitter goes on from its checkpoint, and the minute does not wait. */
const RETRY_EMIT = retriers({ IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 1 })
/** Patient: nothing is due any more, and a slot that stays unsettled is reopened anyway. */
const RETRY_SETTLE = retriers({
  IntervalSeconds: 2,
  MaxAttempts: 8,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
})

/** Delivers one slot. Input: `{"slot": "2026-11-23T12-34Z-00", "wakeAt": "2026-11-23T12:33:40Z"}`. */
export function deliverSlot({ planner, emitter, settler }: DeliverSlotArns): StateMachineDefinition {
  return stateMachine({
    Comment: 'Delivers the events of one minute, and succeeds only if every one of them is settled',
    TimeoutSeconds: RUNNER_TIMEOUT_SECONDS,
    StartAt: 'WaitForSlot',
    States: {
      WaitForSlot: { Type: 'Wait', TimestampPath: '$.wakeAt', Next: 'Plan' },
      Plan: {
        Type: 'Task',
        Resource: planner,
        Parameters: { 'slot.$': '$.slot' },
        ResultPath: '$.plan',
        Retry: RETRY_PLAN,
        Next: 'Deliver',
      },
      Deliver: {
        Type: 'Map',
        ItemsPath: '$.plan.segments',
        ItemSelector: { 'slot.$': '$.slot', 'segment.$': '$$.Map.Item.Value' },
        MaxConcurrency: MAX_SEGMENTS,
        ItemProcessor: deliverSegment(emitter),
        ResultPath: '$.reports',
        Next: 'WaitToSettle',
      },
      WaitToSettle: { Type: 'Wait', TimestampPath: '$.plan.settleAt', Next: 'Settle' },
      Settle: {
        Type: 'Task',
        Resource: settler,
        Parameters: { 'slot.$': '$.slot' },
        ResultPath: '$.settlement',
        Retry: RETRY_SETTLE,
        Next: 'Settled?',
      },
      'Settled?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.settlement.settled', BooleanEquals: true, Next: 'Done' }],
        Default: 'WaitAgain',
      },
      WaitAgain: { Type: 'Wait', TimestampPath: '$.settlement.settleAt', Next: 'Settle' },
      Done: { Type: 'Succeed', OutputPath: '$.settlement' },
    },
  })
}

/** One segment. Its failure is not the slot's: the settler emits what is left. */
function deliverSegment(emitter: string) {
  const states = branch({
    StartAt: 'WaitForSegment',
    States: {
      WaitForSegment: { Type: 'Wait', TimestampPath: '$.segment.wakeAt', Next: 'Emit' },
      Emit: {
        Type: 'Task',
        Resource: emitter,
        Parameters: { 'slot.$': '$.slot', 'segment.$': '$.segment' },
        Retry: RETRY_EMIT,
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'SegmentFailed' }],
        End: true,
      },
      SegmentFailed: { Type: 'Pass', Parameters: { failed: true, 'index.$': '$.segment.index' }, End: true },
    },
  })
  return { ProcessorConfig: { Mode: 'INLINE' as const }, ...states }
}
