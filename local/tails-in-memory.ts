import { partName } from '../core/stack-place.ts'
import { arnOf, STACK } from './aws-account.ts'
import type { Persistence } from './fauxqs.ts'

/** What names of queues begin with by which somebody tails. */
const TAIL = partName('tail', `${STACK}-`)

/**
 * Leaves queues by which somebody tails, and what is in them, in memory: nobody would ever read them after a stop, and
 * each delivery would be written once more for whoever looks, and for those who once did.
 */
export function keepTailsInMemory(persistence: Persistence): void {
  const { insertQueue, insertSubscription, updateTopicSubscriptionArns } = persistence
  const subscriptionArns = new Set<string>()
  persistence.insertQueue = (queue) => {
    if (queue.name.startsWith(TAIL)) Object.assign(queue, { persistence: undefined })
    else insertQueue.call(persistence, queue)
  }
  persistence.insertSubscription = (subscription) => {
    if (subscription.endpoint.startsWith(arnOf('sqs', TAIL))) subscriptionArns.add(subscription.arn)
    else insertSubscription.call(persistence, subscription)
  }
  persistence.updateTopicSubscriptionArns = (topicArn, arns) => {
    const kept = arns.filter((arn) => !subscriptionArns.has(arn))
    updateTopicSubscriptionArns.call(persistence, topicArn, kept)
  }
}
