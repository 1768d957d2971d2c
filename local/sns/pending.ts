import type { SnsStore } from '../fauxqs.ts'

const LISTS = ['ListSubscriptions', 'ListSubscriptionsByTopic']

/** An answer in which subscriptions that wait to be confirmed have no ARN, as on AWS. */
export function hidePending(form: Readonly<Record<string, string>>, answer: string, topics: SnsStore): string {
  const { Action = '', ReturnSubscriptionArn } = form
  const subscribes = Action === 'Subscribe' && ReturnSubscriptionArn !== 'true'
  if (!subscribes && !LISTS.includes(Action)) return answer
  const placeholder = subscribes ? 'pending confirmation' : 'PendingConfirmation'
  return answer.replace(/(<SubscriptionArn>)([^<]*)(?=<)/g, (whole, tag: string, arn: string) =>
    topics.getSubscription(arn)?.confirmed === false ? `${tag}${placeholder}` : whole,
  )
}
