import type { Filters, MessageAttributes, SnsStore, Subscription } from '../fauxqs.ts'
import type { Deliveries } from './deliveries.ts'
import { type MessageTexts, textFor } from './message-texts.ts'

/** A message that was published, before it is known who gets it. */
export interface Publication {
  entryId?: string
  subject: string | undefined
  texts: MessageTexts
  attributes: MessageAttributes
}

/** Hands publications to the subscribers that fauxqs, which delivers to queues, leaves out. */
export function fanOut(topics: SnsStore, filters: Filters, { deliver }: Deliveries) {
  const subscribersOf = (topicArn: string): Subscription[] =>
    (topics.getTopic(topicArn)?.subscriptionArns ?? [])
      .map((arn) => topics.getSubscription(arn))
      .filter((subscription) => subscription !== undefined)
      .filter(({ confirmed, protocol }) => confirmed && protocol !== 'sqs')

  function wants(subscription: Subscription, text: string, publication: Publication): boolean {
    const { attributes } = subscription
    if (!attributes.FilterPolicy) return true
    subscription.parsedFilterPolicy ??= JSON.parse(attributes.FilterPolicy) as Record<string, unknown>
    const policy = subscription.parsedFilterPolicy
    if (attributes.FilterPolicyScope === 'MessageBody') return filters.matchesFilterPolicyOnBody(policy, text)
    return filters.matchesFilterPolicy(policy, publication.attributes)
  }

  return {
    /** Whether a topic has subscribers other than queues: most have none, and cost nothing. */
    concerns: (topicArn: string): boolean => subscribersOf(topicArn).length > 0,

    hand(topicArn: string, messageId: string, publication: Publication): void {
      const { subject, texts, attributes } = publication
      const publishedAtMs = Date.now()
      for (const subscription of subscribersOf(topicArn)) {
        const text = textFor(subscription.protocol, texts)
        if (!wants(subscription, text, publication)) continue
        void deliver({ messageId, topicArn, subject, text, attributes, publishedAtMs }, subscription)
      }
    },
  }
}
export type FanOut = ReturnType<typeof fanOut>
