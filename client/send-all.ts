import type { InputMessage, InputTopic } from '../aws/input-topic.ts'
import type { Clock } from '../core/clock.ts'
import { SchedulerError } from '../core/errors.ts'
import { chunksOf } from './chunks.ts'
import type { Receipt } from './messages.ts'
import { readAhead } from './read-ahead.ts'

/** What became of one of many messages. */
export type Sent<Item> = {
  /** Its place among those that were given, from 0. */
  index: number
  item: Item
} & ({ ok: true; receipt: Receipt } | { ok: false; error: SchedulerError })

/** A message that would be accepted, and what its receipt says besides the publish. */
export interface Prepared extends InputMessage {
  receipt: Omit<Receipt, 'messageId'>
}

export interface SendingParts<Item> {
  topic: Pick<InputTopic, 'publishBatch'>
  /** @throws SchedulerError if the message would not be accepted */
  prepare: (item: Item) => Prepared | Promise<Prepared>
  /** How many are prepared at once, where that takes reading. Default: 1. */
  atOnce?: number | undefined
  clock: Clock
}

export interface SendingOptions<Item> {
  /** Requests under way at once. */
  concurrency: number
  /** Is handed each result as soon as it is known, in any order. */
  onSent: (sent: Sent<Item>) => unknown
  /** Ends the reading; what was read is sent. */
  signal?: AbortSignal | undefined
}

/**
 * Sends any number of messages, ten in a request, some requests at once, and reads the items no faster than that. What one
 * of them is refused for does not keep the others.
 * @throws what the source or `onSent` throws, once the requests under way have ended
 */
export async function sendAll<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  { topic, prepare, atOnce = 1, clock }: SendingParts<Item>,
  { concurrency, onSent, signal }: SendingOptions<Item>,
): Promise<void> {
  const underWay = new Set<Promise<void>>()
  const faults: unknown[] = []
  type Entry = Prepared & { index: number; item: Item }

  const numbered = async function* () {
    let index = 0
    for await (const item of items) {
      if (signal?.aborted) return
      yield { index: index++, item }
    }
  }
  const entryOf = async ({ index, item }: { index: number; item: Item }): Promise<Entry | undefined> => {
    try {
      return { ...(await prepare(item)), index, item }
    } catch (error) {
      if (!(error instanceof SchedulerError)) throw error
      await onSent({ index, item, ok: false, error })
      return undefined
    }
  }
  const send = async (chunk: Entry[]) => {
    const results = await topic.publishBatch(chunk)
    for (const [i, { index, item, receipt }] of chunk.entries()) {
      const result = results[i] as (typeof results)[number]
      if (result.ok) await onSent({ index, item, ok: true, receipt: { ...receipt, messageId: result.messageId } })
      else await onSent({ index, item, ...result })
    }
  }

  for await (const chunk of chunksOf(present(readAhead(numbered(), atOnce, entryOf)), clock)) {
    const sending = send(chunk)
      .catch((fault) => void faults.push(fault))
      .finally(() => underWay.delete(sending))
    underWay.add(sending)
    while (underWay.size >= concurrency) await Promise.race(underWay)
    if (faults.length > 0) break
  }
  await Promise.all(underWay)
  if (faults.length > 0) throw faults[0]
}

async function* present<Entry>(entries: AsyncIterable<Entry | undefined>): AsyncGenerator<Entry> {
  for await (const entry of entries) if (entry !== undefined) yield entry
}
