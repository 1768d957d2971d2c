import { arnOf } from '../aws-account.ts'
import { startSchedule } from '../triggers/schedule.ts'
import { type Handler, nameOf, type Parts, text } from './handler.ts'

/** EventBridge: rules on executions, and schedules. Retries and dead letters of their targets are not applied. */
export const eventsHandlers = ({ bus, lambda, whenComplete }: Parts): Record<string, Handler> => ({
  'aws:cloudwatch/eventRule:EventRule'(logicalName, inputs) {
    const name = nameOf(logicalName, inputs)
    bus.addRule(name, text(inputs, 'eventPattern'))
    return { id: name, state: { ...inputs, name, arn: arnOf('events', `rule/${name}`) } }
  },
  'aws:cloudwatch/eventTarget:EventTarget'(logicalName, inputs) {
    bus.addTarget(text(inputs, 'rule'), text(inputs, 'arn'))
    return { id: logicalName, state: { ...inputs } }
  },
  'aws:scheduler/schedule:Schedule'(logicalName, inputs) {
    const name = nameOf(logicalName, inputs)
    const { arn, input = '{}' } = inputs.target as { arn: string; input?: string }
    const expression = text(inputs, 'scheduleExpression')
    whenComplete(() => startSchedule({ name, expression, invoke: () => lambda.invoke(arn, JSON.parse(input)) }))
    return { id: name, state: { ...inputs, name, arn: arnOf('scheduler', `schedule/default/${name}`) } }
  },
})
