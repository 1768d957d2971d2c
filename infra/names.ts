import * as pulumi from '@pulumi/pulumi'
import { type AwsAccount, awsAccountOf } from './aws-account.ts'
import type { Settings } from './settings.ts'

/**
 * What all parts of one scheduler share: its account, its settings and what its parts are called.
 * Physical names are fixed, so that ARNs can be computed where a reference would be a cycle
 * (the emitter reopens slots through deliver-slot, which invokes the emitter).
 */
export interface Names extends AwsAccount {
  stack: string
  settings: Settings
  /** ARN patterns of the topics that events may be delivered to; `*` is a wildcard. */
  allowedTargets: pulumi.Input<string>[]
  nameOf(part: string): string
  /** Roles are global in an account, so their names carry the Region too. */
  roleNameOf(part: string): pulumi.Output<string>
  roleArnOf(part: string): pulumi.Output<string>
  topicArnOf(part: string): pulumi.Output<string>
  stateMachineArnOf(part: string): pulumi.Output<string>
}

/** So that the longest name made of it, that of a role with its Region, stays within IAM's 64 characters. */
const NAME = /^[A-Za-z0-9_-]{1,28}$/

/** `name`, if every part of a scheduler can be named after it. */
export function checkedName(name: string): string {
  if (NAME.test(name)) return name
  throw new Error(`A scheduler can not be named ${JSON.stringify(name)}; allowed: 1 to 28 letters, digits, - and _`)
}

export function namesOf(stack: string, settings: Settings, parent: pulumi.Resource): Names {
  const account = awsAccountOf(parent)
  const { partition, region, accountId } = account
  const nameOf = (part: string) => `scheduler-${part}-${stack}`
  const roleNameOf = (part: string) => pulumi.interpolate`${nameOf(part)}-${region}`
  const topics = pulumi.interpolate`arn:${partition}:sns:${region}:${accountId}`
  const stateMachines = pulumi.interpolate`arn:${partition}:states:${region}:${accountId}:stateMachine`
  return {
    ...account,
    stack,
    settings,
    allowedTargets: settings.allowedTargets ?? [pulumi.interpolate`${topics}:*`],
    nameOf,
    roleNameOf,
    roleArnOf: (part) => pulumi.interpolate`arn:${partition}:iam::${accountId}:role/${roleNameOf(part)}`,
    topicArnOf: (part) => pulumi.interpolate`${topics}:${nameOf(part)}`,
    stateMachineArnOf: (part) => pulumi.interpolate`${stateMachines}:${nameOf(part)}`,
  }
}
