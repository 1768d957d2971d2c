import type { IncomingMessage } from 'node:http'
import { AwsError } from '../aws-error.ts'

const FORM = 'application/x-www-form-urlencoded'

/** Whether the client speaks the query protocol: it sends a form, or has it in the URL. */
export const sendsForm = ({ headers, method }: Pick<IncomingMessage, 'headers' | 'method'>) =>
  method === 'GET' || (headers['content-type']?.includes('form-urlencoded') ?? false)

/**
 * The same request as a POST to `/`, which is all that fauxqs knows. What stood in its URL is in its query: clients
 * of the query protocol send to a queue's own URL, and a link in a message is a GET.
 */
export function atRoot(request: IncomingMessage): IncomingMessage {
  checkProtocol(request)
  if (request.method === 'GET') {
    request.method = 'POST'
    request.headers['content-type'] = FORM
  }
  const [path = '/', query = ''] = (request.url ?? '/').split('?')
  const queue = path === '/' || !sendsForm(request) ? '' : `QueueUrl=${encodeURIComponent(path)}`
  const search = [queue, query].filter(Boolean).join('&')
  request.url = search ? `/?${search}` : '/'
  return request
}

/** fauxqs would take anything else for a request to S3. */
function checkProtocol({ method = '', headers }: IncomingMessage): void {
  if (method !== 'GET' && method !== 'POST') {
    throw new AwsError(
      'UnsupportedOperation',
      `${method} means nothing here: requests are POSTs, or GETs of links`,
      405,
    )
  }
  const type = headers['content-type'] ?? ''
  if (method === 'GET' || type.includes('form-urlencoded') || type.includes('x-amz-json-1.0')) return
  throw new AwsError(
    'UnsupportedMediaType',
    `"${type}" is not understood: send ${FORM} or application/x-amz-json-1.0`,
    415,
  )
}
