import * as z from 'zod'
import { parseJson } from './json.ts'
import type { Publication } from './publication.ts'
import { readTraceparent, TRACEPARENT } from './traceparent.ts'

/** What SNS puts around a message on its way to SQS. Source: SNS developer guide, HTTP/HTTPS and SQS JSON formats. */
const envelope = z.object({
  Type: z.literal('Notification'),
  MessageId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  Message: z.string(),
  Timestamp: z.iso.datetime().optional().catch(undefined),
  MessageAttributes: z
    .object({ [TRACEPARENT]: z.object({ Value: z.unknown() }).optional() })
    .optional()
    .catch(undefined),
})

/** A message of the input queue: its id there, and the envelope of SNS as JSON, or what was sent to the queue itself. */
export interface QueuedMessage {
  messageId: string
  body: string
  /** When the queue took it, epoch ms. */
  sentAtMs: number
}

/** What a client has published, and the publish itself. */
export interface Published {
  message: string
  publication: Publication
  /** The trace context of the publish, if it has one. */
  traceparent?: string | undefined
}

/** The message of an input queue's record. What was sent to the queue directly is taken as the message itself. */
export function readEnvelope({ body, messageId, sentAtMs }: QueuedMessage): Published {
  const { success, data } = envelope.safeParse(parseJson(body))
  if (!success) return { message: body, publication: { messageId, atMs: sentAtMs } }
  const atMs = data.Timestamp === undefined ? sentAtMs : Date.parse(data.Timestamp)
  const traceparent = readTraceparent(data.MessageAttributes?.traceparent?.Value)
  return { message: data.Message, publication: { messageId: data.MessageId, atMs }, traceparent }
}
