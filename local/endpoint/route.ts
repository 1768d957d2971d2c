import type { IncomingMessage } from 'node:http'

const SCOPE = /Credential=[^/]+\/\d{8}\/[^/]+\/([a-z0-9-]+)\/aws4_request/
/** The same service under the name that a JSON request gives its target. */
const TARGETS: Record<string, string> = {
  AmazonSQS: 'sqs',
  AWSStepFunctions: 'states',
  DynamoDB_20120810: 'dynamodb',
}

/** The AWS service a request is for: what it was signed for, or, unsigned, what its target says. */
export function serviceOf({ headers, url = '/' }: Pick<IncomingMessage, 'headers' | 'url'>): string | undefined {
  const signed = SCOPE.exec(headers.authorization ?? '')?.[1]
  if (signed) return signed
  const presigned = new URL(url, 'http://local').searchParams.get('X-Amz-Credential')
  if (presigned) return presigned.split('/')[3]
  const [target = ''] = String(headers['x-amz-target'] ?? '').split('.')
  return TARGETS[target]
}

/** The operation of a JSON request. */
export const operationOf = ({ headers }: Pick<IncomingMessage, 'headers'>) =>
  String(headers['x-amz-target'] ?? '').split('.')[1] ?? ''
