import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { deadLetterQueue } from './dead-letter-queue.ts'
import type { LambdaFunction } from './lambda-function.ts'
import type { Names } from './names.ts'
import { policyDocument, trust } from './privilege.ts'

/** Invokes the loader once a minute; EventBridge Scheduler keeps that minute to within 60 seconds. */
export class MinuteSchedule extends pulumi.ComponentResource {
  /** Ticks that could not be handed to the loader. */
  readonly deadLetters: aws.sqs.Queue

  constructor(names: Names, loader: LambdaFunction, opts?: pulumi.ComponentResourceOptions) {
    super('aws-scheduler:index:MinuteSchedule', `${names.stack}-minute`, {}, opts)
    this.deadLetters = deadLetterQueue(`${names.stack}-schedule-dlq`, `${names.nameOf('schedule')}-dlq`, this)
    const role = this.role(names)
    const privileges = this.privileges(names, role, loader)
    new aws.scheduler.Schedule(
      `${names.stack}-minute-schedule`,
      {
        name: names.nameOf('minute'),
        scheduleExpression: 'rate(1 minute)',
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: loader.arn,
          roleArn: role.arn,
          input: '{}',
          deadLetterConfig: { arn: this.deadLetters.arn },
          // Hardly any: the next minute catches up, from the watermark.
          retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 2 },
        },
      },
      { parent: this, dependsOn: [privileges] },
    )
    this.registerOutputs({ deadLetterQueueUrl: this.deadLetters.url })
  }

  private role({ stack, partition, region, accountId, roleNameOf }: Names) {
    // The group, because Scheduler names no single schedule when it assumes a role.
    const group = pulumi.interpolate`arn:${partition}:scheduler:${region}:${accountId}:schedule-group/default`
    const assumeRolePolicy = trust('scheduler.amazonaws.com', {
      StringEquals: { 'aws:SourceAccount': accountId },
      ArnEquals: { 'aws:SourceArn': group },
    })
    return new aws.iam.Role(`${stack}-minute-role`, { name: roleNameOf('minute'), assumeRolePolicy }, { parent: this })
  }

  private privileges({ stack }: Names, role: aws.iam.Role, loader: LambdaFunction) {
    const policy = policyDocument([
      { actions: ['lambda:InvokeFunction'], resources: [loader.arn] },
      { actions: ['sqs:SendMessage'], resources: [this.deadLetters.arn] },
    ])
    return new aws.iam.RolePolicy(`${stack}-minute-privileges`, { role: role.name, policy }, { parent: this })
  }
}
