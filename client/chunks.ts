import type { InputMessage } from '../aws/input-topic.ts'
import type { Clock } from '../core/clock.ts'
import { attributesBytes, MAX_BATCH_ENTRIES, MAX_MESSAGE_BYTES, utf8Bytes } from '../core/output-message.ts'

/** Longest wait for a request to fill up while the source yields nothing, ms. */
const LINGER_MS = 50

/**
 * What a source yields, in chunks that one PublishBatch carries. A chunk that is not full is yielded all the same if
 * nothing comes for a moment: a source that is read as it grows is not kept back.
 */
export async function* chunksOf<Item extends InputMessage>(
  source: AsyncIterator<Item>,
  clock: Clock,
): AsyncGenerator<Item[]> {
  let chunk: Item[] = []
  let bytes = 0
  let next = source.next()
  while (true) {
    const got = chunk.length === 0 ? await next : await withinLinger(next, clock)
    if (got?.done) break
    const more = got ? sentBytes(got.value) : 0
    if (!got || chunk.length === MAX_BATCH_ENTRIES || bytes + more > MAX_MESSAGE_BYTES) {
      if (chunk.length > 0) yield chunk
      ;[chunk, bytes] = [[], 0]
    }
    if (!got) continue
    chunk.push(got.value)
    bytes += more
    next = source.next()
  }
  if (chunk.length > 0) yield chunk
}

/** What a message counts against the limit of SNS, bytes. */
export function sentBytes({ text, attributes = {} }: InputMessage): number {
  return utf8Bytes(text) + attributesBytes(attributes)
}

/** What comes next, or undefined if nothing does for a moment. */
async function withinLinger<Value>(next: Promise<Value>, clock: Clock): Promise<Value | undefined> {
  const over = new AbortController()
  try {
    return await Promise.race([next, clock.sleep(LINGER_MS, over.signal).then(() => undefined)])
  } finally {
    over.abort()
  }
}
