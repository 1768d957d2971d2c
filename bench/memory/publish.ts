import { endpointClient } from '../aws/endpoint.ts'
import { snsClient, topicArn } from '../aws/sns.ts'

/** A load that the memory of the stack is measured under. */
export interface Load {
  events: number
  payloadBytes: number
}

/** SNS's limits on a batch. Source: API reference, PublishBatch: ten entries, 262,144 bytes together. */
const MAX_ENTRIES = 10
const MAX_BATCH_BYTES = 262_144
/** What an event needs beside its payload, bytes, generously. */
const ENVELOPE_BYTES = 500
const IN_FLIGHT = 8
const INPUT = topicArn('scheduler-input-local')

/** Hands in all events as fast as they are taken. @param dueAtMs when the event of an index is due, epoch ms */
export async function publish(endpoint: string, load: Load, dueAtMs: (index: number) => number): Promise<void> {
  const client = endpointClient(endpoint)
  const sns = snsClient(client)
  const entries = Math.min(MAX_ENTRIES, Math.floor(MAX_BATCH_BYTES / (load.payloadBytes + ENVELOPE_BYTES)))
  let next = 0
  async function publishOn(): Promise<void> {
    while (next < load.events) {
      const indices = Array.from({ length: Math.min(entries, load.events - next) }, () => next++)
      const batch = indices.map((index) => ({ message: messageOf(index, load.payloadBytes, dueAtMs(index)) }))
      const taken = await sns.publishBatch(INPUT, batch)
      if (taken < batch.length) throw new Error(`${batch.length - taken} of a batch were refused`)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, publishOn))
  client.close()
}

const messageOf = (index: number, payloadBytes: number, dueAtMs: number) =>
  JSON.stringify({
    // The time is part of it: an id that a former round has used would name an event that is over.
    id: `memory-${payloadBytes}-${index}-${Math.floor(dueAtMs)}`,
    date: new Date(dueAtMs).toISOString(),
    target: topicArn('scheduler-output-local'),
    user: 'bench',
    payload: `payload of ${index} `.padEnd(payloadBytes, '.'),
  })
