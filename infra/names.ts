import * as pulumi from '@pulumi/pulumi'
import { partName } from '../core/stack-place.ts'
import { type AwsAccount, awsAccountOf } from './aws-account.ts'
import type { Settings } from './settings.ts'

/**
 * What all parts of one scheduler share: where they are, their settings, and what they are called.
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
  stateMachineArnOf(part: string): pulumi.Output<string>
  /** Of all executions of a state machine. */
  executionArnsOf(part: string): pulumi.Output<string>
}

/**
 * Longest name of a scheduler, characters. The longest name made of it is that of a role: of the 64 that IAM allows,
 * `scheduler-deliver-slot-` takes 23 and the Region, with its hyphen, 16 (`us-isof-south-1`), which leaves one for a
 * Region to come. Every other name is shorter, or may be longer. Source: IAM and STS quotas.
 */
const MAX_NAME_LENGTH = 24
const NAME = new RegExp(`^[A-Za-z0-9_-]{1,${MAX_NAME_LENGTH}}$`)

/** `name`, if every part of a scheduler can be named after it. */
export function checkedName(name: string): string {
  if (NAME.test(name)) return name
  throw new Error(
    `A scheduler cannot be named ${JSON.stringify(name)}; allowed: 1 to ${MAX_NAME_LENGTH} letters, digits, - and _`,
  )
}

export function namesOf(stack: string, settings: Settings, parent: pulumi.Resource): Names {
  const account = awsAccountOf(parent)
  const { partition, region, accountId } = account
  const nameOf = (part: string) => partName(part, stack)
  const roleNameOf = (part: string) => pulumi.interpolate`${nameOf(part)}-${region}`
  const states = pulumi.interpolate`arn:${partition}:states:${region}:${accountId}`
  return {
    ...account,
    stack,
    settings,
    allowedTargets: settings.allowedTargets ?? [pulumi.interpolate`arn:${partition}:sns:${region}:${accountId}:*`],
    nameOf,
    roleNameOf,
    roleArnOf: (part) => pulumi.interpolate`arn:${partition}:iam::${accountId}:role/${roleNameOf(part)}`,
    stateMachineArnOf: (part) => pulumi.interpolate`${states}:stateMachine:${nameOf(part)}`,
    executionArnsOf: (part) => pulumi.interpolate`${states}:execution:${nameOf(part)}:*`,
  }
}
