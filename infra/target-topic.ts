import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { type AwsAccount, awsAccountOf, rootOf, rootsOf } from './aws-account.ts'
import { policyDocument, type Statement } from './privilege.ts'
import { PUBLISH_KEY_ACTIONS, THIS_KEY, TopicKey, viaSns } from './topic-key.ts'

export interface TargetTopicArgs {
  /** Name of the topic. Default: the name of the component. */
  topicName?: string
  /**
   * ARNs of the roles that publish to it, of this account or another: the stack output `publisherRoleArns`
   * (the emitter, the settler for what is late, the validator for what is refused).
   */
  publisherRoleArns: pulumi.Input<pulumi.Input<string>[]>
  /** ARN of the key that encrypts it. Default: a key of its own, $1 a month. */
  keyArn?: pulumi.Input<string>
}

/**
 * An encrypted output or failure topic to which the given roles, and nobody else, publish. It may be in another account
 * than the scheduler, in the same Region; its ARN must be among the scheduler's `allowedTargets` then.
 *
 * @example
 * A target of your own beside the scheduler:
 *
 * ```ts
 * import { Scheduler, TargetTopic } from 'aws-scheduler/pulumi'
 *
 * const scheduler = new Scheduler('prod')
 * const orders = new TargetTopic('orders-due', { publisherRoleArns: scheduler.outputs.publisherRoleArns })
 * ```
 *
 * @example
 * In the program of another account, with the roles' ARNs as `pulumi stack output publisherRoleArns` prints them:
 *
 * ```ts
 * new TargetTopic('orders-due', {
 *   publisherRoleArns: ['validator', 'emitter', 'settler'].map(
 *     (part) => `arn:aws:iam::123456789012:role/scheduler-${part}-prod-eu-west-1`,
 *   ),
 * })
 * ```
 */
export class TargetTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>

  constructor(name: string, args: TargetTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super('aws-scheduler:index:TargetTopic', name, {}, opts)
    const account = awsAccountOf(this)
    const topic = new aws.sns.Topic(
      `${name}-topic`,
      { name: args.topicName ?? name, kmsMasterKeyId: args.keyArn ?? this.ownKey(name, account, args) },
      { parent: this },
    )
    new aws.sns.TopicPolicy(
      `${name}-policy`,
      { arn: topic.arn, policy: policyDocument(onlyPublishers(topic.arn, account, args.publisherRoleArns)) },
      { parent: this },
    )
    this.arn = topic.arn
    this.registerOutputs({ arn: this.arn })
  }

  private ownKey(name: string, account: AwsAccount, { publisherRoleArns }: TargetTopicArgs) {
    const publishers: Statement = {
      sid: 'PublishersPublishThroughSns',
      principals: { AWS: rootsOf(publisherRoleArns) },
      actions: PUBLISH_KEY_ACTIONS,
      conditions: { ArnEquals: { 'aws:PrincipalArn': publisherRoleArns }, StringEquals: viaSns(account) },
      ...THIS_KEY,
    }
    return new TopicKey(name, { account, allow: [publishers] }, { parent: this }).arn
  }
}

/**
 * Roles are named by condition, not as principals: a principal must exist when the policy is written,
 * and stops matching when its role is deleted and created again.
 */
function onlyPublishers(
  arn: pulumi.Input<string>,
  account: AwsAccount,
  roleArns: TargetTopicArgs['publisherRoleArns'],
) {
  const publishers = { 'aws:PrincipalArn': roleArns }
  return [
    {
      sid: 'PublishersPublish',
      principals: { AWS: rootsOf(roleArns) },
      actions: ['sns:Publish'],
      resources: [arn],
      conditions: { ArnEquals: publishers },
    },
    {
      // Denied, because an administrator's own policy would otherwise be enough. A caller without the key is denied too.
      sid: 'NobodyElsePublishes',
      effect: 'Deny',
      principals: '*',
      actions: ['sns:Publish'],
      resources: [arn],
      conditions: { ArnNotEquals: publishers },
    },
    { sid: 'OwnerAdministers', principals: { AWS: [rootOf(account)] }, actions: ADMINISTRATION, resources: [arn] },
  ] satisfies Statement[]
}

/** What a topic's owner may do with it, except publish. */
const ADMINISTRATION = [
  'sns:GetTopicAttributes',
  'sns:SetTopicAttributes',
  'sns:AddPermission',
  'sns:RemovePermission',
  'sns:DeleteTopic',
  'sns:Subscribe',
  'sns:ListSubscriptionsByTopic',
]
