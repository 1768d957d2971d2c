/** A map whose keys are read in order. Sorts when it is read, so that writing a million entries costs little. */
export class SortedMap<V> {
  readonly #values = new Map<string, V>()
  #keys: string[] = []
  #sorted = true

  get size(): number {
    return this.#values.size
  }

  get(key: string): V | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: V): void {
    if (!this.#values.has(key)) {
      const last = this.#keys.at(-1)
      if (last !== undefined && key < last) this.#sorted = false
      this.#keys.push(key)
    }
    this.#values.set(key, value)
  }

  /** Up to `limit` entries from `from` (inclusive, or exclusive if `after`) to `to` (inclusive), in key order. */
  slice({ from, after, to, limit }: { from: string; after: boolean; to: string; limit: number }): [string, V][] {
    this.#sort()
    const found: [string, V][] = []
    let at = this.#indexOf(from)
    if (after && this.#keys[at] === from) at++
    for (; found.length < limit && at < this.#keys.length; at++) {
      const key = this.#keys[at] as string
      if (key > to) break
      found.push([key, this.#values.get(key) as V])
    }
    return found
  }

  values(): Iterable<V> {
    return this.#values.values()
  }

  #sort(): void {
    if (this.#sorted) return
    // Units of UTF-16, which is DynamoDB's order for the ASCII keys there are.
    this.#keys.sort()
    this.#sorted = true
  }

  /** Index of the first key not below `key`. */
  #indexOf(key: string): number {
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#keys[middle] as string) < key) low = middle + 1
      else high = middle
    }
    return low
  }
}
