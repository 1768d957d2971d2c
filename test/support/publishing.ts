import { allows, type Call } from './iam.ts'
import type { Recording } from './program-recorder.ts'

/** Principals of the stack's account, and of another. */
export const ours = 'arn:aws:iam::123456789012:user/anna'
export const stranger = 'arn:aws:iam::999999999999:user/anna'

export const topicArn = (part: string) => `arn:aws:sns:eu-west-1:123456789012:scheduler-${part}-dev`

/** What a key is told when SNS uses it for a topic, on behalf of somebody of `account`. */
export const throughSns = (topic: string, account: string) => ({
  'kms:ViaService': 'sns.eu-west-1.amazonaws.com',
  'kms:CallerAccount': account,
  'kms:EncryptionContext:aws:sns:topicArn': topic,
})

/** Whether the policy of a topic lets somebody publish to it, or do what `call` says; no word of its key. */
export function publishing(stack: Recording, policyName: string) {
  const ofResource = stack.one('TopicPolicy', `dev-${policyName}`).inputs.policy
  const resource = topicArn(policyName.replace('-policy', '').replace('-topic', ''))
  return (principal: string, identity?: string, call: Partial<Call> = {}) =>
    allows({ principal, action: 'sns:Publish', resource, ...call }, { ofResource, ...(identity ? { identity } : {}) })
}

/** Whether the key of the stack lets somebody use it. */
export function usingTheKey(stack: Recording, action = 'kms:GenerateDataKey') {
  const { arn: resource, inputs } = stack.one('Key', 'dev-key')
  return (principal: string, context: Record<string, string>, identity?: string) =>
    allows({ principal, action, resource, context }, { ofResource: inputs.policy, ...(identity ? { identity } : {}) })
}

/** Whether a message gets into the input topic: by the topic's policy, and, if it is encrypted, by the key's as well. */
export async function mayPublish(stack: Recording, principal: string, identity?: string): Promise<boolean> {
  if (!(await publishing(stack, 'input-topic-policy')(principal, identity))) return false
  if (stack.one('Topic', 'dev-input-topic').inputs.kmsMasterKeyId === undefined) return true
  const context = throughSns(topicArn('input'), principal.split(':')[4] ?? '')
  const uses = ['kms:GenerateDataKey', 'kms:Decrypt'].map((action) =>
    usingTheKey(stack, action)(principal, context, identity),
  )
  return (await Promise.all(uses)).every(Boolean)
}
