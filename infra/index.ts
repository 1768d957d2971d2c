import * as pulumi from '@pulumi/pulumi'
import { readSettings } from './config.ts'
import { Scheduler } from './scheduler.ts'

const scheduler = new Scheduler(pulumi.getStack(), readSettings())

export const {
  inputTopicArn,
  outputTopicArn,
  failureTopicArn,
  tableName,
  deliverSlotArn,
  deliverNowArn,
  emitterRoleArn,
  publisherRoleArns,
  inputQueueUrl,
  deadLetterQueueUrl,
  subscriptionDeadLetterQueueUrl,
  scheduleDeadLetterQueueUrl,
} = scheduler.outputs
