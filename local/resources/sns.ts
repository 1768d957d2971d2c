import { arnOf, REGION } from '../aws-account.ts'
import type { SnsStore, Subscription } from '../fauxqs.ts'
import { type Handler, type Inputs, nameOf, type Parts, text } from './handler.ts'

/** Topics and subscriptions, made in fauxqs directly. Encryption and delivery policies are declared, not applied. */
export const snsHandlers = ({ messaging: { topics } }: Parts): Record<string, Handler> => ({
  'aws:sns/topic:Topic'(logicalName, inputs) {
    const name = nameOf(logicalName, inputs)
    topics.createTopic(name, undefined, undefined, REGION)
    const arn = arnOf('sns', name)
    return { id: arn, state: { ...inputs, name, arn } }
  },
  'aws:sns/topicSubscription:TopicSubscription'(_logicalName, inputs) {
    const [topic, protocol, endpoint] = [text(inputs, 'topic'), text(inputs, 'protocol'), text(inputs, 'endpoint')]
    const attributes = attributesOf(inputs)
    bringUpToDate(topics, { topicArn: topic, protocol, endpoint, attributes })
    const subscription = topics.subscribe(topic, protocol, endpoint, attributes)
    if (!subscription) throw new Error(`no topic ${topic} to subscribe to`)
    return { id: subscription.arn, state: { ...inputs, arn: subscription.arn } }
  },
})

/** Pulumi's inputs that are attributes of a subscription, here and on AWS. */
const ATTRIBUTES = {
  rawMessageDelivery: 'RawMessageDelivery',
  filterPolicy: 'FilterPolicy',
  filterPolicyScope: 'FilterPolicyScope',
  redrivePolicy: 'RedrivePolicy',
} as const

const attributesOf = (inputs: Inputs) =>
  Object.fromEntries(
    Object.entries(ATTRIBUTES)
      .filter(([input]) => inputs[input])
      .map(([input, attribute]) => [attribute, String(inputs[input])]),
  )

type Wanted = Pick<Subscription, 'topicArn' | 'protocol' | 'endpoint' | 'attributes'>

/** Subscribing again with other attributes is an error in SNS; a program that changed means the new ones. */
function bringUpToDate(topics: SnsStore, { topicArn, protocol, endpoint, attributes }: Wanted): void {
  const known = topics
    .getTopic(topicArn)
    ?.subscriptionArns.map((arn) => topics.getSubscription(arn))
    .find((each) => each?.protocol === protocol && each.endpoint === endpoint)
  if (!known) return
  Object.assign(known, { attributes, parsedFilterPolicy: undefined })
  topics.persistence?.updateSubscriptionAttributes(known.arn, attributes)
}
