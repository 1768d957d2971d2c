import { PublishBatchCommand } from '@aws-sdk/client-sns'
import { asStrings } from '../../aws/message-attributes.ts'
import { snsClient } from '../../aws/topics.ts'
import { attributesOf } from '../../core/output-message.ts'
import { LOCAL } from '../../core/stack-place.ts'
import { endpointClient } from '../aws/endpoint.ts'
import { snsClient as thinSnsClient, topicArn } from '../aws/sns.ts'
import { type PlannedEvent, payloadOf } from '../workload.ts'

/** What a peer keeps of an event. */
export type Job = Pick<PlannedEvent, 'id' | 'dueAtMs' | 'target'>

/** How a batch of at most ten gets to a topic. */
export interface Publisher {
  /** @throws if any of them was not taken */
  publish(target: string, batch: readonly Job[]): Promise<void>
  close(): void
}

/** The thin client: the floor's, which has no process of its own. */
export function thinPublisher(endpoint: string): Publisher {
  const client = endpointClient(endpoint)
  const sns = thinSnsClient(client)
  return {
    async publish(target, batch) {
      const entries = batch.map(eventOf).map((event) => ({ message: event.payload, attributes: attributesOf(event) }))
      const taken = await sns.publishBatch(topicArn(target), entries)
      if (taken < batch.length) throw new Error(`${batch.length - taken} of a batch were refused`)
    },
    close: () => client.close(),
  }
}

/** The client of AWS's SDK, set up as our emitter's: what a user of a peer would have. */
export function sdkPublisher(endpoint: string): Publisher {
  const { region, credentials } = LOCAL
  const client = snsClient({ endpoint, region, credentials })
  return {
    async publish(target, batch) {
      const PublishBatchRequestEntries = batch.map(eventOf).map((event, i) => ({
        Id: String(i),
        Message: event.payload,
        MessageAttributes: asStrings(attributesOf(event)),
      }))
      const command = new PublishBatchCommand({ TopicArn: topicArn(target), PublishBatchRequestEntries })
      const { Failed = [] } = await client.send(command)
      if (Failed.length > 0) throw new Error(`${Failed.length} of a batch were refused: ${Failed[0]?.Code}`)
    },
    close: () => client.destroy(),
  }
}

/** The message is the same as ours. */
const eventOf = (job: Job) => ({ ...job, payload: payloadOf(job), attempt: 1 })
