import type { TailQueue } from '../aws/tail-queue.ts'
import { readTailed, type Tailed } from './tailed.ts'

export interface TailOptions {
  /** ARNs of the topics to listen to. Default: the stack's output topic and its failure topic. */
  topicArns?: readonly string[] | undefined
  /** Ends the iteration, and removes the queue. */
  signal?: AbortSignal | undefined
  /** Is called once the queue is there: what is delivered from then on is seen. */
  onReady?: (() => unknown) | undefined
}

/** What the scheduler says through a queue, until the iteration ends; the queue is removed then. */
export async function* tail(
  open: () => Promise<TailQueue>,
  { signal, onReady }: TailOptions,
): AsyncGenerator<Tailed, void, void> {
  if (signal?.aborted) return
  const queue = await open()
  try {
    await onReady?.()
    while (!signal?.aborted) {
      const bodies = await received(queue, signal)
      for (const body of bodies) {
        const tailed = readTailed(body)
        if (tailed) yield tailed
      }
    }
  } finally {
    await queue.remove()
  }
}

/** What has come; nothing where the iteration is to end. */
async function received(queue: TailQueue, signal: AbortSignal | undefined): Promise<string[]> {
  try {
    return await queue.receive(signal)
  } catch (fault) {
    if (signal?.aborted) return []
    throw fault
  }
}
