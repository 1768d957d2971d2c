import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { type AwsAccount, rootOf } from './aws-account.ts'
import { policyDocument, type Statement } from './privilege.ts'

/** What a publisher to an encrypted topic needs of its key. The wildcard is SNS's own requirement. */
export const PUBLISH_KEY_ACTIONS = ['kms:GenerateDataKey*', 'kms:Decrypt']
/** In the policy of a key, `*` is the key itself. */
export const THIS_KEY = { resources: ['*'], comment: 'in a key policy * is this key, and its ARN is not known yet' }

export interface TopicKeyArgs {
  account: AwsAccount
  /** Who else than the publishers of this account may use the key, and how. */
  allow?: Statement[]
}

/**
 * The key that encrypts topics at rest. It is customer managed, $1 a month, because the policy of
 * SNS's own key cannot be edited: no alarm, and no emitter of another account, could publish.
 */
export class TopicKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>

  constructor(name: string, { account, allow = [] }: TopicKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super('aws-scheduler:index:TopicKey', name, {}, opts)
    const key = new aws.kms.Key(
      `${name}-key`,
      {
        description: `Encrypts the messages of ${name} at rest`,
        enableKeyRotation: true,
        policy: policyDocument([
          administers(account),
          deliversToQueues(account),
          publishesThroughSns(account),
          ...allow,
        ]),
      },
      { parent: this },
    )
    this.arn = key.arn
    this.registerOutputs({ arn: this.arn })
  }
}

/**
 * The condition that the key is used by SNS on a caller's behalf, never by the caller itself. A service is named by its
 * address here, which ends otherwise in China; principals of services end with `amazonaws.com` everywhere.
 */
export function viaSns({ region, dnsSuffix }: AwsAccount) {
  return { 'kms:ViaService': pulumi.interpolate`sns.${region}.${dnsSuffix}` }
}

/** The account's own IAM policies decide who administers the key; without this nobody ever could. */
function administers(account: AwsAccount): Statement {
  return { sid: 'AccountAdministers', principals: { AWS: [rootOf(account)] }, actions: ['kms:*'], ...THIS_KEY }
}

/** Lets a subscribed queue be encrypted with the same key. */
function deliversToQueues({ accountId }: AwsAccount): Statement {
  return {
    sid: 'SnsDeliversToEncryptedQueues',
    principals: { Service: 'sns.amazonaws.com' },
    actions: PUBLISH_KEY_ACTIONS,
    conditions: { StringEquals: { 'aws:SourceAccount': accountId } },
    ...THIS_KEY,
  }
}

/** As with the keys of AWS: whoever of this account may publish need not be granted the key as well. */
function publishesThroughSns(account: AwsAccount): Statement {
  return {
    sid: 'AccountPublishesThroughSns',
    principals: { AWS: ['*'] },
    actions: PUBLISH_KEY_ACTIONS,
    conditions: { StringEquals: { 'kms:CallerAccount': account.accountId, ...viaSns(account) } },
    ...THIS_KEY,
  }
}
