import type { Failure } from './retries.ts'

/** Source: Amazon SNS, Make sure your endpoint is ready to process Amazon SNS messages. */
const TIMEOUT_MS = 15_000
/** Source: Amazon SNS, HTTP/HTTPS headers. */
const HEADERS = {
  'content-type': 'text/plain; charset=UTF-8',
  'user-agent': 'Amazon Simple Notification Service Agent',
}

export interface HttpMessage {
  type: 'Notification' | 'SubscriptionConfirmation'
  messageId: string
  topicArn: string
  /** Missing in a request to confirm. */
  subscriptionArn?: string
  raw?: boolean
  body: string
}

/**
 * Sends one message to an HTTP endpoint, once. Follows no redirection: it may lead off this machine.
 * @returns what went wrong; nothing when the endpoint took the message
 */
export async function post(endpoint: string, message: HttpMessage, signal: AbortSignal): Promise<Failure | undefined> {
  const url = new URL(endpoint)
  const headers = { ...HEADERS, ...headersOf(message), ...credentialsIn(url) }
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: message.body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    await response.body?.cancel()
    const { ok, status } = response
    // What a client error says would be said again. Source: Amazon SNS, dead-letter queues.
    return ok
      ? undefined
      : { code: String(status), reason: `it answered ${status}`, again: status >= 500 || status === 429 }
  } catch (error) {
    const { message: reason, cause } = error as Error
    return { code: 'ConnectionFailed', reason: (cause as Error | undefined)?.message || reason, again: true }
  }
}

function headersOf({ type, messageId, topicArn, subscriptionArn, raw }: HttpMessage): Record<string, string> {
  return {
    'x-amz-sns-message-type': type,
    'x-amz-sns-message-id': messageId,
    'x-amz-sns-topic-arn': topicArn,
    ...(subscriptionArn ? { 'x-amz-sns-subscription-arn': subscriptionArn } : {}),
    ...(raw ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
  }
}

/** fetch takes no name and password in a URL; SNS does. */
function credentialsIn(url: URL): Record<string, string> {
  if (!url.username) return {}
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  url.username = ''
  url.password = ''
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}
