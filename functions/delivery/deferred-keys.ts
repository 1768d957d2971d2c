/** An event of which only the key is in memory. */
export interface Deferred {
  key: string
  /** What it takes in memory once it is looked up again, bytes. */
  bytes: number
}

/** What a deferred event takes in memory besides its key, bytes: an estimate. */
const DEFERRED_BYTES = 100

/** About as many bytes as a deferred event takes in memory. */
export function deferredBytesOf({ key }: Pick<Deferred, 'key'>): number {
  return DEFERRED_BYTES + key.length
}

/** The keys of the events that one target has no room for: they are looked up again when it has. */
export function deferredKeys() {
  let waiting: Deferred[] = []
  let isSorted = true
  return {
    add(event: Deferred): void {
      const last = waiting.at(-1)
      if (last && last.key > event.key) isSorted = false
      waiting.push(event)
    },
    /** Takes the first ones, in the order of their keys, that take no more than `room` bytes once they are looked up. */
    take(room: number): Deferred[] {
      if (!isSorted) waiting.sort((one, other) => (one.key < other.key ? -1 : 1))
      isSorted = true
      let [count, bytes] = [0, 0]
      for (const event of waiting) {
        bytes += event.bytes
        if (bytes > room) break
        count++
      }
      const taken = waiting.slice(0, count)
      waiting = waiting.slice(count)
      return taken
    },
    size: (): number => waiting.length,
  }
}
