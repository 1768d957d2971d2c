import { randomUUID } from 'node:crypto'
import type { AwsError } from './aws-error.ts'

/**
 * Text as XML takes it. A carriage return would arrive as a line feed if it were left as it is, and the MD5 that
 * clients compare would differ; what XML cannot say at all arrives as U+FFFD.
 */
export const escapeXml = (text: string) =>
  text.replace(/[<>&\r]|[^\t\n\x20-\ufffd]/g, (found) =>
    '<>&\r'.includes(found) ? `&#${found.charCodeAt(0)};` : '\ufffd',
  )

/** @param content XML, not text */
export const element = (name: string, content: string) => `<${name}>${content}</${name}>`

/** An error as the query protocol of every AWS service has it. */
export function errorXml({ code, message, status }: Pick<AwsError, 'code' | 'message' | 'status'>): string {
  const fields = { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message }
  const error = Object.entries(fields).map(([name, text]) => element(name, escapeXml(text)))
  return element('ErrorResponse', element('Error', error.join('')) + element('RequestId', randomUUID()))
}
