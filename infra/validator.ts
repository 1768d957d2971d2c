import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'
import { TIMEOUT_SECONDS } from '../core/timetable.ts'
import { publish, start, startRunners } from './grants.ts'
import type { Input } from './input.ts'
import { LambdaFunction } from './lambda-function.ts'
import type { Names } from './names.ts'
import { type Stores, variablesOf } from './variables.ts'

/** Takes events from the input queue, refuses the bad ones and parks the good. */
export function validator(names: Names, stores: Stores & { input: Input }, parent: pulumi.Resource): LambdaFunction {
  return new LambdaFunction(
    names,
    {
      part: 'validator',
      timeoutSeconds: TIMEOUT_SECONDS.validator,
      memoryMb: 512,
      variables: variablesOf(names, stores, [
        'EVENTS_TABLE',
        'DELIVER_SLOT_ARN',
        'DELIVER_NOW_ARN',
        'FAILURE_TOPIC_ARN',
        'ALLOWED_TARGETS',
        'ENFORCE_USER',
        'INDEX',
        'SHARDS',
        'RETENTION_DAYS',
      ]),
      allow: [
        stores.table.can('BatchWriteItem', 'BatchGetItem', 'GetItem', 'Query', 'PutItem', 'UpdateItem'),
        ...startRunners(names),
        start(names, 'deliver-now'),
        ...publish(names, [stores.failure.arn]),
        {
          actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
          resources: [stores.input.queue.arn],
        },
      ],
    },
    { parent },
  )
}

/** Hands the queue's messages to the validator, in batches as the settings say; by default at once, ten at most. */
export function takeFromInput(
  names: Names,
  parts: { input: Input; validator: LambdaFunction },
  opts: pulumi.CustomResourceOptions,
) {
  const { inputBatchSize, inputWindowSeconds, validatorConcurrency } = names.settings
  return new aws.lambda.EventSourceMapping(
    `${names.stack}-validator-source`,
    {
      eventSourceArn: parts.input.queue.arn,
      functionName: parts.validator.arn,
      batchSize: inputBatchSize,
      maximumBatchingWindowInSeconds: inputWindowSeconds,
      scalingConfig: { maximumConcurrency: validatorConcurrency },
      functionResponseTypes: ['ReportBatchItemFailures'],
    },
    opts,
  )
}
