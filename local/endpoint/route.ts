import type { IncomingMessage } from 'node:http'

const SCOPE = /Credential=[^/]+\/\d{8}\/[^/]+\/([a-z0-9-]+)\/aws4_request/
/** The same service under the name that a JSON request gives its target. */
const TARGETS: Record<string, string> = {
  AmazonSQS: 'sqs',
  AWSStepFunctions: 'states',
  DynamoDB_20120810: 'dynamodb',
}

/** Links in messages of SNS, which whoever gets the message follows unsigned. */
const LINKS = new Set(['ConfirmSubscription', 'Unsubscribe'])
/** The path of a queue's URL, which old clients and people with curl send to. */
const QUEUE = /^\/\d{12}\/[\w.-]+$/

/** The AWS service a request is for: what it was signed for, or, unsigned, what its target or its address says. */
export function serviceOf({ headers, url = '/' }: Pick<IncomingMessage, 'headers' | 'url'>): string | undefined {
  const signed = SCOPE.exec(headers.authorization ?? '')?.[1]
  if (signed) return signed
  const { pathname, searchParams } = new URL(url, 'http://local')
  const presigned = searchParams.get('X-Amz-Credential')
  if (presigned) return presigned.split('/')[3]
  if (LINKS.has(searchParams.get('Action') ?? '')) return 'sns'
  const [target = ''] = String(headers['x-amz-target'] ?? '').split('.')
  return TARGETS[target] ?? (QUEUE.test(pathname) ? 'sqs' : undefined)
}

/** The operation of a JSON request. */
export const operationOf = ({ headers }: Pick<IncomingMessage, 'headers'>) =>
  String(headers['x-amz-target'] ?? '').split('.')[1] ?? ''
