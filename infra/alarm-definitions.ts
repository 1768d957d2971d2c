import type * as aws from '@pulumi/aws'
import type { AlarmDefinition } from './alarms.ts'
import type { Input } from './input.ts'
import type { LambdaFunction } from './lambda-function.ts'
import type { MinuteSchedule } from './minute-schedule.ts'
import type { Names } from './names.ts'
import type { StateMachine } from './state-machine.ts'

interface Parts {
  input: Input
  functions: Record<'validator' | 'loader' | 'planner' | 'emitter' | 'settler', LambdaFunction>
  schedule: MinuteSchedule
  deliverSlot: StateMachine
  deliverNow: StateMachine
}

/** What is alarming, by the name of its alarm. */
export function alarmDefinitions(names: Names, parts: Parts): Record<string, AlarmDefinition> {
  const { input, functions, schedule, deliverSlot, deliverNow } = parts
  const { loader } = functions
  return {
    'input-dlq': notEmpty(input.deadLetters, 'Messages that the validator did not get through wait to be looked at'),
    'subscription-dlq': notEmpty(input.undelivered, 'Messages that did not reach the input queue wait to be replayed'),
    'schedule-dlq': notEmpty(schedule.deadLetters, 'The minute schedule could not invoke the loader'),
    'input-age': {
      description: 'Events wait for the validator for over a minute',
      ...queueMetric(input.queue, 'ApproximateAgeOfOldestMessage'),
      above: 60,
      minutes: 3,
    },
    'slot-failed': {
      description: 'A runner failed; the loader reopens its slot, but its events may be late',
      ...ends(deliverSlot, 'ExecutionsFailed'),
    },
    // An execution that times out is not counted among those that failed.
    'slot-timed-out': {
      description: 'A runner took over an hour; the loader reopens its slot, but its events may be late',
      ...ends(deliverSlot, 'ExecutionsTimedOut'),
    },
    'express-timed-out': {
      description: 'An express delivery hung; the runner of its slot settles its events, but they may be late',
      ...ends(deliverNow, 'ExecutionsTimedOut'),
    },
    'unsettled-slots': {
      description: 'Slots are over, hold events and are not settled',
      ...ownMetric(names, 'UnsettledSlots'),
      minutes: 3,
    },
    unreadable: {
      description:
        'Items of the table are not what this version writes: deploy the version that wrote them; see the log',
      ...ownMetric(names, 'Unreadable'),
      minutes: 1,
    },
    untold: {
      description: 'Events failed for good and no failure topic took the notice for a day; the log has them',
      ...ownMetric(names, 'Untold'),
      minutes: 1,
    },
    'loader-errors': { description: 'The loader fails', ...lambdaMetric(loader, 'Errors'), above: 0, minutes: 3 },
    // Nothing else would notice: a loader that is not invoked has no errors and reports no backlog.
    'loader-silent': {
      description: 'The loader is not invoked',
      ...lambdaMetric(loader, 'Invocations'),
      below: 1,
      minutes: 5,
    },
    ...Object.fromEntries(Object.entries(functions).map(([part, one]) => [`${part}-throttled`, throttled(part, one)])),
  }
}

/** A throttled invocation is tried again, so nothing is lost; events may be late. */
function throttled(part: string, lambda: LambdaFunction): AlarmDefinition {
  const description = `The concurrency of the account does not suffice for the ${part}: raise it, or reserve some`
  return { description, ...lambdaMetric(lambda, 'Throttles'), above: 0, minutes: 1 }
}

/** What the functions count themselves. Powertools' own dimension; their POWERTOOLS_SERVICE_NAME is the stack. */
function ownMetric({ stack }: Names, metricName: 'UnsettledSlots' | 'Unreadable' | 'Untold') {
  const dimensions = { service: stack }
  return { namespace: 'aws-scheduler', metricName, dimensions, statistic: 'Maximum' as const, above: 0 }
}

function ends({ arn }: StateMachine, metricName: 'ExecutionsFailed' | 'ExecutionsTimedOut') {
  const dimensions = { StateMachineArn: arn }
  return { namespace: 'AWS/States', metricName, dimensions, statistic: 'Sum' as const, above: 0, minutes: 1 }
}

function notEmpty(queue: aws.sqs.Queue, description: string): AlarmDefinition {
  return { description, ...queueMetric(queue, 'ApproximateNumberOfMessagesVisible'), above: 0, minutes: 1 }
}

function queueMetric(queue: aws.sqs.Queue, metricName: string) {
  return { namespace: 'AWS/SQS', metricName, dimensions: { QueueName: queue.name }, statistic: 'Maximum' as const }
}

function lambdaMetric({ name }: LambdaFunction, metricName: 'Errors' | 'Invocations' | 'Throttles') {
  return { namespace: 'AWS/Lambda', metricName, dimensions: { FunctionName: name }, statistic: 'Sum' as const }
}
