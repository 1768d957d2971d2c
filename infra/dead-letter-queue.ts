import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'

/** How long a dead letter waits for a person: the most that SQS allows, 14 days. */
const DEAD_LETTER_RETENTION_SECONDS = 14 * 24 * 3600

/** A queue where messages end that nobody could take, encrypted by SQS itself (so senders need no key). */
export function deadLetterQueue(logicalName: string, name: string, parent: pulumi.Resource): aws.sqs.Queue {
  return new aws.sqs.Queue(
    logicalName,
    { name, sqsManagedSseEnabled: true, messageRetentionSeconds: DEAD_LETTER_RETENTION_SECONDS },
    { parent },
  )
}
