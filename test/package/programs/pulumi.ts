import { Scheduler, type SchedulerArgs, type SchedulerOutputs, TargetTopic } from 'aws-scheduler/pulumi'

const settings: SchedulerArgs = { shards: 2, alarmEmail: 'alarms@example.com' }
const scheduler: Scheduler = new Scheduler('orders', settings)
const { publisherRoleArns, inputTopicArn }: SchedulerOutputs = scheduler.outputs
const due = new TargetTopic('orders-due', { publisherRoleArns })

export const inputTopic = inputTopicArn
export const dueTopic = due.arn
