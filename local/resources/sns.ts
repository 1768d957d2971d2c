import { arnOf, REGION } from '../aws-account.ts'
import { type Handler, nameOf, type Parts, text } from './handler.ts'

/** Topics and subscriptions, made in fauxqs directly. Encryption and delivery policies are declared, not applied. */
export const snsHandlers = ({ messaging: { topics } }: Parts): Record<string, Handler> => ({
  'aws:sns/topic:Topic'(logicalName, inputs) {
    const name = nameOf(logicalName, inputs)
    topics.createTopic(name, undefined, undefined, REGION)
    const arn = arnOf('sns', name)
    return { id: arn, state: { ...inputs, name, arn } }
  },
  'aws:sns/topicSubscription:TopicSubscription'(_logicalName, inputs) {
    const topic = text(inputs, 'topic')
    const endpoint = text(inputs, 'endpoint')
    removeOutdated(topics, topic, endpoint, attributesOf(inputs))
    const subscription = topics.subscribe(topic, text(inputs, 'protocol'), endpoint, attributesOf(inputs))
    if (!subscription) throw new Error(`no topic ${topic} to subscribe to`)
    return { id: subscription.arn, state: { ...inputs, arn: subscription.arn } }
  },
})

function attributesOf({ rawMessageDelivery, filterPolicy, filterPolicyScope }: Readonly<Record<string, unknown>>) {
  const attributes: Record<string, string> = {}
  if (rawMessageDelivery) attributes.RawMessageDelivery = 'true'
  if (typeof filterPolicy === 'string') attributes.FilterPolicy = filterPolicy
  if (typeof filterPolicyScope === 'string') attributes.FilterPolicyScope = filterPolicyScope
  return attributes
}

/** Subscribing again with other attributes is an error in SNS; a program that changed means the new ones. */
function removeOutdated(topics: Parts['messaging']['topics'], topic: string, endpoint: string, wanted: object): void {
  for (const { arn, topicArn, endpoint: known, attributes } of topics.listSubscriptions().subscriptions) {
    if (topicArn !== topic || known !== endpoint) continue
    if (JSON.stringify(attributes) !== JSON.stringify(wanted)) topics.unsubscribe(arn)
  }
}
