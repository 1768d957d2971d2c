import type * as aws from '@pulumi/aws'
import type { AlarmDefinition } from './alarms.ts'
import type { Input } from './input.ts'
import type { LambdaFunction } from './lambda-function.ts'
import type { MinuteSchedule } from './minute-schedule.ts'
import type { Names } from './names.ts'
import type { StateMachine } from './state-machine.ts'

interface Parts {
  input: Input
  functions: { loader: LambdaFunction }
  schedule: MinuteSchedule
  deliverSlot: StateMachine
}

/** What is alarming, by the name of its alarm. */
export function alarmDefinitions(names: Names, parts: Parts): Record<string, AlarmDefinition> {
  const { input, schedule, deliverSlot } = parts
  const { loader } = parts.functions
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
      namespace: 'AWS/States',
      metricName: 'ExecutionsFailed',
      dimensions: { StateMachineArn: deliverSlot.arn },
      statistic: 'Sum',
      above: 0,
      minutes: 1,
    },
    'unsettled-slots': {
      description: 'Slots are over, hold events and are not settled',
      namespace: 'aws-scheduler',
      metricName: 'UnsettledSlots',
      // Powertools' own dimension; the functions' POWERTOOLS_SERVICE_NAME is the stack.
      dimensions: { service: names.stack },
      statistic: 'Maximum',
      above: 0,
      minutes: 3,
    },
    'loader-errors': { description: 'The loader fails', ...loaderMetric(loader, 'Errors'), above: 0, minutes: 3 },
    // Nothing else would notice: a loader that is not invoked has no errors and reports no backlog.
    'loader-silent': {
      description: 'The loader is not invoked',
      ...loaderMetric(loader, 'Invocations'),
      below: 1,
      minutes: 5,
    },
  }
}

function notEmpty(queue: aws.sqs.Queue, description: string): AlarmDefinition {
  return { description, ...queueMetric(queue, 'ApproximateNumberOfMessagesVisible'), above: 0, minutes: 1 }
}

function queueMetric(queue: aws.sqs.Queue, metricName: string) {
  return { namespace: 'AWS/SQS', metricName, dimensions: { QueueName: queue.name }, statistic: 'Maximum' as const }
}

function loaderMetric(loader: LambdaFunction, metricName: string) {
  return { namespace: 'AWS/Lambda', metricName, dimensions: { FunctionName: loader.name }, statistic: 'Sum' as const }
}
