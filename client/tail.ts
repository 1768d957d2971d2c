import type { Received, Receiving, TailQueue } from '../aws/tail-queue.ts'
import type { Clock } from '../core/clock.ts'
import { readTailed, type Tailed } from './tailed.ts'

export interface TailOptions {
  /** ARNs of the topics to listen to. Default: the stack's output topic and its failure topic. */
  topicArns?: readonly string[] | undefined
  /** Ends the iteration, and removes the queue. */
  signal?: AbortSignal | undefined
  /** Is called once the queue is there: what is delivered from then on is seen. */
  onReady?: (() => unknown) | undefined
}

/**
 * What comes gathers for so long once all that was there has been received, ms: a request for every ten of many, instead
 * of one or two for each. What comes after a pause is received at once.
 */
const GATHER_MS = 100

/** Most receives side by side, while more comes than they take one after the other. */
const MOST_AT_ONCE = 8

/** What a tail listens by. */
export interface TailParts {
  /** Makes its queue. */
  open: () => Promise<TailQueue>
  clock: Clock
}

/** What the scheduler says through a queue, until the iteration ends; the queue is removed then. */
export async function* tail(
  { open, clock }: TailParts,
  { signal, onReady }: TailOptions,
): AsyncGenerator<Tailed, void, void> {
  if (signal?.aborted) return
  const queue = await open()
  try {
    await onReady?.()
    let atOnce = 1
    while (!signal?.aborted) {
      const received = await receiving(queue, atOnce, signal)
      for (const body of received.flatMap(({ bodies }) => bodies)) {
        const tailed = readTailed(body)
        if (tailed) yield tailed
      }
      const isMore = received.every(({ isFull }) => isFull)
      atOnce = isMore ? Math.min(2 * atOnce, MOST_AT_ONCE) : 1
      if (!isMore) await clock.sleep(GATHER_MS, signal)
    }
  } finally {
    await queue.remove()
  }
}

/** What so many receives got; nothing where the iteration is to end. Only one that is alone waits for something to come. */
async function receiving(queue: TailQueue, atOnce: number, signal: AbortSignal | undefined): Promise<Received[]> {
  const how: Receiving = { waits: atOnce === 1, signal }
  try {
    return await Promise.all(Array.from({ length: atOnce }, () => queue.receive(how)))
  } catch (fault) {
    if (signal?.aborted) return []
    throw fault
  }
}
