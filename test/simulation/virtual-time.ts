import type { Clock } from '../../core/clock.ts'

interface Timer {
  atMs: number
  /** Order of setting, so that timers of one instant fire in it. */
  order: number
  fire: (() => void) | undefined
}

export interface VirtualTime extends Clock {
  /** Calls `fire` at the instant `atMs`. @returns a function that takes it back */
  at(atMs: number, fire: () => void): () => void
  /** Lets time pass, instant by instant, up to `untilMs`. What hangs on an instant is done before the next. */
  run(untilMs: number): Promise<void>
}

/** Time that passes as fast as the work in it is done. */
export function virtualTime(startAtMs: number): VirtualTime {
  const timers: Timer[] = []
  let nowMs = startAtMs
  let order = 0

  const at = (atMs: number, fire: () => void) => {
    const timer: Timer = { atMs: Math.max(Math.ceil(atMs), nowMs), order: order++, fire }
    push(timers, timer)
    return () => {
      timer.fire = undefined
    }
  }
  return {
    now: () => nowMs,
    at,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        // Node's timers last at least a millisecond, and so do these.
        const cancel = at(nowMs + Math.max(1, ms), resolve)
        signal?.addEventListener('abort', () => {
          cancel()
          resolve()
        })
      }),
    async run(untilMs) {
      while (timers[0] && timers[0].atMs <= untilMs) {
        nowMs = timers[0].atMs
        while (timers[0]?.atMs === nowMs) pop(timers).fire?.()
        // Every promise that can be settled at this instant is, before the next one comes.
        await new Promise(setImmediate)
      }
      nowMs = untilMs
    },
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}

function push(heap: Timer[], timer: Timer): void {
  let at = heap.length
  heap.push(timer)
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!before(timer, heap[parent] as Timer)) break
    heap[at] = heap[parent] as Timer
    at = parent
  }
  heap[at] = timer
}

function pop(heap: Timer[]): Timer {
  const top = heap[0] as Timer
  const last = heap.pop() as Timer
  if (heap.length === 0) return top
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && before(heap[child + 1] as Timer, heap[child] as Timer)) child++
    if (!before(heap[child] as Timer, last)) break
    heap[at] = heap[child] as Timer
    at = child
  }
  heap[at] = last
  return top
}
