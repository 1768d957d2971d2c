import * as z from 'zod'
import { parseJson } from './json.ts'

/** What SNS puts around a message on its way to SQS. Source: SNS developer guide, HTTP/HTTPS and SQS JSON formats. */
const envelope = z.object({
  Type: z.literal('Notification'),
  MessageId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  Message: z.string(),
})

/** A message of the input queue: its id there, and the envelope of SNS as JSON, or what was sent to the queue itself. */
export interface QueuedMessage {
  messageId: string
  body: string
}

/**
 * The message of an input queue's record and its default event id: the SNS MessageId, which redelivery does not change.
 * What was sent to the queue directly is taken as the message itself.
 */
export function readEnvelope({ body, messageId }: QueuedMessage): { message: string; id: string } {
  const parsed = envelope.safeParse(parseJson(body))
  return parsed.success ? { message: parsed.data.Message, id: parsed.data.MessageId } : { message: body, id: messageId }
}
