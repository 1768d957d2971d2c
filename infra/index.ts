import * as pulumi from '@pulumi/pulumi'
import { Scheduler } from './scheduler.ts'
import { readSettings } from './settings.ts'

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
  clientReadPolicy,
  clientChangePolicy,
  inputQueueUrl,
  deadLetterQueueUrl,
  subscriptionDeadLetterQueueUrl,
  scheduleDeadLetterQueueUrl,
} = scheduler.outputs
