/** Which keys are walked: from `from` to `to`, both inclusive, upwards or `downwards`. */
export interface Walk {
  from: string
  to: string
  downwards?: boolean
}

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

  delete(key: string): void {
    if (!this.#values.delete(key)) return
    this.#sort()
    this.#keys.splice(this.#indexOf(key), 1)
  }

  /** Visits entries in the order of their keys, until `visit` answers false. */
  walk({ from, to, downwards = false }: Walk, visit: (value: V, key: string) => boolean): void {
    this.#sort()
    const [first, end] = [this.#indexOf(from), this.#indexAfter(to)]
    const step = downwards ? -1 : 1
    for (let at = downwards ? end - 1 : first; at >= first && at < end; at += step) {
      const key = this.#keys[at] as string
      if (!visit(this.#values.get(key) as V, key)) return
    }
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

  /** Index of the first key above `key`. */
  #indexAfter(key: string): number {
    const at = this.#indexOf(key)
    return this.#keys[at] === key ? at + 1 : at
  }
}
