import type * as pulumi from '@pulumi/pulumi'
import type { Names } from './names.ts'
import type { Statement } from './privilege.ts'
import { PUBLISH_KEY_ACTIONS, viaSns } from './topic-key.ts'

/** The privilege to start runners, and to ask whether one that was started before still runs. */
export function startRunners(names: Names): Statement[] {
  return [
    start(names, 'deliver-slot'),
    { actions: ['states:DescribeExecution'], resources: [names.executionArnsOf('deliver-slot')] },
  ]
}

/** The privilege to start executions of a state machine. */
export function start({ stateMachineArnOf }: Names, machine: 'deliver-slot' | 'deliver-now'): Statement {
  return { actions: ['states:StartExecution'], resources: [stateMachineArnOf(machine)] }
}

/** The privilege to publish to the targets that the configuration allows, and to topics of the stack. */
export function publish(names: Names, topicArns: pulumi.Input<string>[]): Statement[] {
  const topics = [...names.allowedTargets, ...topicArns]
  return [
    { actions: ['sns:Publish'], resources: topics },
    {
      actions: PUBLISH_KEY_ACTIONS,
      resources: ['*'],
      conditions: { StringEquals: viaSns(names), StringLike: { 'kms:EncryptionContext:aws:sns:topicArn': topics } },
      comment: 'the keys of clients are not known; usable only through SNS, and only for the topics above',
    },
  ]
}
