import type { Client } from '../../client/client.ts'
import type { Tailed } from '../../client/tailed.ts'

/** Most updates a second. */
const EVERY_MS = 250

/** Deliveries and notices that are kept for those who come back, and most of one update. */
const KEPT = 500

/** Something that happened, numbered. */
export interface Happened {
  id: number
  one: Tailed
}

/**
 * What is delivered and given notice of, for any number of pages: listened to only while somebody looks, over one queue.
 */
export function liveFeed(client: Pick<Client, 'tail'>) {
  const kept: Happened[] = []
  const listeners = new Set<() => void>()
  let listening: AbortController | undefined
  let count = 0

  const listen = async (signal: AbortSignal) => {
    for await (const one of client.tail({ signal })) {
      kept.push({ id: ++count, one })
      if (kept.length > KEPT) kept.shift()
      for (const wake of listeners) wake()
    }
  }
  const begin = () => {
    if (listening) return
    const now = new AbortController()
    listening = now
    // A stack that stops, or denies it: whoever looks next tries again.
    void listen(now.signal)
      .catch(() => {})
      .finally(() => {
        if (listening === now) listening = undefined
      })
  }
  return {
    /** Updates from after `lastId` on, at most four a second, until the signal. */
    async *updates(lastId: number | undefined, signal: AbortSignal): AsyncGenerator<Happened[]> {
      let seen = lastId ?? count
      let wake = () => {}
      const woken = () => wake()
      listeners.add(woken)
      try {
        while (!signal.aborted) {
          begin()
          const news = kept.filter(({ id }) => id > seen)
          if (news.length > 0) {
            seen = news.at(-1)?.id ?? seen
            yield news
          }
          const waited = new Promise<void>((resolve) => {
            wake = resolve
            signal.addEventListener('abort', () => resolve(), { once: true })
            setTimeout(resolve, 15_000).unref()
          })
          await Promise.all([waited, pause(EVERY_MS)])
          // A heartbeat, so that both ends know of each other.
          if (news.length === 0 && kept.every(({ id }) => id <= seen)) yield []
        }
      } finally {
        listeners.delete(woken)
        if (listeners.size === 0) this.stop()
      }
    },
    /** Ends listening. */
    stop(): void {
      listening?.abort()
      listening = undefined
    },
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref())
