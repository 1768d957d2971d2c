import type { Queue, SqsStore } from './fauxqs.ts'

/** What has been taken is let go of when it is so much, and half of all that is kept. */
const MOST_TAKEN = 1_000

/**
 * First in, first out, with as much of an array as fauxqs uses, which no kept library has. What it takes to take one does not
 * depend on how many wait.
 */
export class Fifo<T> {
  #items: (T | undefined)[]
  /** Where the first that waits stands: those before it have been taken. */
  #head = 0

  constructor(items: Iterable<T> = []) {
    this.#items = [...items]
  }

  get length(): number {
    return this.#items.length - this.#head
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** Takes the first one; undefined when none waits. */
  shift(): T | undefined {
    if (this.length === 0) return undefined
    const first = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    if (this.#head >= MOST_TAKEN && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return first
  }

  *[Symbol.iterator](): Generator<T> {
    for (let i = this.#head; i < this.#items.length; i++) yield this.#items[i] as T
  }
}

/**
 * Has a store keep what waits in its queues in a FIFO. fauxqs has an array, all of which moves when its first is taken: the
 * longer a backlog is, the slower it would be worked off.
 */
export function keepMessagesInFifos(store: SqsStore): void {
  const create = store.createQueue.bind(store)
  store.createQueue = (...args) => {
    const queue = create(...args)
    let messages = new Fifo<Queue['messages'][number]>()
    const property = {
      get: () => messages,
      // So a queue is purged.
      set(others: Iterable<Queue['messages'][number]>) {
        messages = new Fifo(others)
      },
    }
    return Object.defineProperty(queue, 'messages', property)
  }
}
