import type { MessageAttributes, Subscription } from '../fauxqs.ts'

/** A published message, as one subscription gets it. */
export interface Notification {
  messageId: string
  topicArn: string
  subject: string | undefined
  text: string
  attributes: MessageAttributes
  publishedAtMs: number
}

/** Nothing here can be verified: only AWS has the key, and verifiers accept certificates of its hosts only. */
const SIGNATURE = { SignatureVersion: '1', Signature: 'EXAMPLE' }
const CERTIFICATE = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0000000000000000000000.pem'

/** Where links in messages lead: the local stack. */
export const linkTo = (endpoint: string, parameters: Record<string, string>) =>
  `${endpoint}/?${new URLSearchParams(parameters)}`

const unsubscribeUrl = (endpoint: string, { arn }: Subscription) =>
  linkTo(endpoint, { Action: 'Unsubscribe', SubscriptionArn: arn })

/** What an HTTP endpoint gets. Source: Amazon SNS, HTTP/HTTPS notification JSON format. */
export function envelopeOf(notification: Notification, subscription: Subscription, endpoint: string): string {
  const { messageId, topicArn, subject, text, publishedAtMs } = notification
  const attributes = typesAndValues(notification)
  return JSON.stringify({
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    ...(subject ? { Subject: subject } : {}),
    Message: text,
    Timestamp: new Date(publishedAtMs).toISOString(),
    ...SIGNATURE,
    SigningCertURL: CERTIFICATE,
    UnsubscribeURL: unsubscribeUrl(endpoint, subscription),
    ...(Object.keys(attributes).length > 0 ? { MessageAttributes: attributes } : {}),
  })
}

/** What a function is invoked with. Source: AWS Lambda, Invoking Lambda functions with Amazon SNS notifications. */
export function lambdaEventOf(notification: Notification, subscription: Subscription, endpoint: string): object {
  const { messageId, topicArn, subject, text, publishedAtMs } = notification
  const Sns = {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    Subject: subject ?? null,
    Message: text,
    Timestamp: new Date(publishedAtMs).toISOString(),
    ...SIGNATURE,
    SigningCertUrl: CERTIFICATE,
    UnsubscribeUrl: unsubscribeUrl(endpoint, subscription),
    MessageAttributes: typesAndValues(notification),
  }
  return { Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscription.arn, Sns }] }
}

/** What asks an HTTP endpoint to confirm. Source: Amazon SNS, HTTP/HTTPS subscription confirmation JSON format. */
export function confirmationOf(messageId: string, { arn, topicArn }: Subscription, endpoint: string): string {
  // On AWS a token says nothing; fauxqs takes the ARN of the subscription for it.
  return JSON.stringify({
    Type: 'SubscriptionConfirmation',
    MessageId: messageId,
    Token: arn,
    TopicArn: topicArn,
    Message: `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
    SubscribeURL: linkTo(endpoint, { Action: 'ConfirmSubscription', TopicArn: topicArn, Token: arn }),
    Timestamp: new Date().toISOString(),
    ...SIGNATURE,
    SigningCertURL: CERTIFICATE,
  })
}

const typesAndValues = ({ attributes }: Notification) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: StringValue ?? BinaryValue ?? '' },
    ]),
  )
