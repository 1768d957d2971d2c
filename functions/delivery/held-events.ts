import type { ScheduledEvent } from '../../core/event.ts'

/** Most taken events kept at the head of the list before it is compacted. */
const MAX_TAKEN = 10_000

/** Events in the order in which they are to be emitted: by `emitAtMs`, then by key. */
export function heldEvents() {
  let events: ScheduledEvent[] = []
  /** Where the list begins: what stands before has been taken. */
  let head = 0

  const last = () => (head < events.length ? events.at(-1) : undefined)
  return {
    /** Adds an event that is not in the list; in order costs least. */
    add(event: ScheduledEvent): void {
      const latest = last()
      if (!latest || isBefore(latest, event)) events.push(event)
      else events.splice(placeOf(event, events, head), 0, event)
    },
    /** Removes an event. @returns whether it was in the list */
    remove(event: ScheduledEvent): boolean {
      const at = placeOf(event, events, head)
      if (events[at]?.key !== event.key) return false
      events.splice(at, 1)
      return true
    },
    /** Removes the events to be emitted up to `untilMs`, inclusive, epoch ms. @returns them in order */
    takeUntil(untilMs: number): ScheduledEvent[] {
      const from = head
      while (head < events.length && (events[head] as ScheduledEvent).emitAtMs <= untilMs) head++
      const taken = events.slice(from, head)
      if (head === events.length || head > MAX_TAKEN) {
        events = events.slice(head)
        head = 0
      }
      return taken
    },
    first: (): ScheduledEvent | undefined => events[head],
    /** The lowest and the highest key; undefined when the list is empty. */
    range(): { first: string; last: string } | undefined {
      const [lowest, highest] = [events[head], last()]
      return lowest && highest && { first: lowest.key, last: highest.key }
    },
    size: (): number => events.length - head,
  }
}

export type HeldEvents = ReturnType<typeof heldEvents>

/** Index of the first event from `head` on that is not before `event`. */
function placeOf(event: ScheduledEvent, events: readonly ScheduledEvent[], head: number): number {
  let [low, high] = [head, events.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(events[middle] as ScheduledEvent, event)) low = middle + 1
    else high = middle
  }
  return low
}

function isBefore(one: ScheduledEvent, other: ScheduledEvent): boolean {
  return one.emitAtMs < other.emitAtMs || (one.emitAtMs === other.emitAtMs && one.key < other.key)
}
