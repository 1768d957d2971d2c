import type { SnsStore, SqsStore } from '../fauxqs.ts'
import type { Deliveries, Outlets } from './deliveries.ts'
import { checkAttributes, checkEndpoint } from './subscriptions.ts'

interface Parts {
  queues: SqsStore
  lambda: Outlets['lambda']
  askToConfirm: Deliveries['askToConfirm']
}

/**
 * Makes a store take only subscriptions that are served, whoever asks, an API call or the program. A function's is
 * confirmed at once, as a queue's is; an HTTP endpoint is asked to confirm, each time it is subscribed until it does.
 */
export function refuseUnserved(topics: SnsStore, { queues, lambda, askToConfirm }: Parts): void {
  const known = { hasQueue: (arn: string) => queues.getQueueByArn(arn) !== undefined, hasFunction: lambda.has }
  const subscribe = topics.subscribe.bind(topics)
  topics.subscribe = (topicArn, protocol, endpoint, attributes = {}) => {
    checkEndpoint(topicArn, protocol, endpoint, known)
    checkAttributes(attributes, queues)
    const subscription = subscribe(topicArn, protocol, endpoint, attributes)
    if (!subscription || subscription.confirmed) return subscription
    if (protocol === 'lambda') {
      subscription.confirmed = true
      topics.persistence?.insertSubscription(subscription)
    } else {
      void askToConfirm(subscription)
    }
    return subscription
  }
}
