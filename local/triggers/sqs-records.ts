import { REGION } from '../aws-account.ts'
import type { Queue } from '../messaging.ts'

type Received = ReturnType<Queue['dequeue']>[number]

/** A message as Lambda hands it to a function. */
export function sqsRecord(message: Received, queue: Queue) {
  const inFlight = queue.inflightMessages.get(message.ReceiptHandle)?.message
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: {
      ApproximateReceiveCount: String(inFlight?.approximateReceiveCount ?? 1),
      SentTimestamp: String(inFlight?.sentTimestamp),
      SenderId: 'AIDAIT2UOQQY3AUEKVGXU',
      ApproximateFirstReceiveTimestamp: String(inFlight?.approximateFirstReceiveTimestamp),
    },
    messageAttributes: Object.fromEntries(Object.entries(message.MessageAttributes ?? {}).map(attributeOf)),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: REGION,
  }
}

type Attribute = NonNullable<Received['MessageAttributes']>[string]

const attributeOf = ([name, { DataType, StringValue, BinaryValue }]: [string, Attribute]) => [
  name,
  {
    dataType: DataType,
    stringValue: StringValue,
    binaryValue: BinaryValue,
    stringListValues: [],
    binaryListValues: [],
  },
]

/**
 * The messages that a batch response gives back. As with Lambda, a response that is not understood, or names a
 * message the batch does not have, gives back all.
 */
export function failedOf(response: unknown, records: { messageId: string }[]): Set<string> | 'all' {
  const failures = (response as { batchItemFailures?: unknown } | null)?.batchItemFailures ?? []
  if (!Array.isArray(failures)) return 'all'
  const ids = new Set(records.map(({ messageId }) => messageId))
  const failed = failures.map((failure) => failure?.itemIdentifier)
  return failed.every((id) => ids.has(id)) ? new Set(failed) : 'all'
}
