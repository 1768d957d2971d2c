import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AwsError } from './aws-error.ts'
import { errorXml } from './xml.ts'

/** More than any of the services takes. */
const MAX_BODY_BYTES = 17 * 1024 * 1024

/** The body of a request, whole. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new AwsError('RequestEntityTooLargeException', 'the request is too large', 413)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The object that a body is the JSON of; anything else is AWS's SerializationException. */
export function parseObject(body: Buffer): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(body.toString() || '{}')
  } catch (cause) {
    throw new AwsError('SerializationException', `the request is not JSON: ${(cause as Error).message}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AwsError('SerializationException', 'the request is not a JSON object')
  }
  return value as Record<string, unknown>
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
  })
  response.end(text)
}

/** Answers an error in JSON, or as XML to who sent a form (SNS, IAM, …). */
export function answerError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500)
  const { code, message, status } = known
  if (!request.headers['content-type']?.includes('form-urlencoded')) {
    answerJson(response, status, { __type: code, message })
    return
  }
  response.writeHead(status, { 'content-type': 'text/xml' })
  response.end(errorXml(known))
}
