import type { ScheduledEvent } from '../../core/event.ts'
import { batchLength, MAX_BATCH_ENTRIES } from '../../core/output-message.ts'
import { BEHIND_MS } from './target-loads.ts'

/** Publishes under way to one target. Above it the events of that target wait. */
export const MAX_IN_FLIGHT = 16

/**
 * A batch that others could still join goes out only while fewer publishes to its target are under way: under load it
 * waits for one of them to come back, a few milliseconds, and fills up. Ten events in one request cost as much as one.
 */
export const FILL_UP_FROM = 4

/** Publishes under way to a target that does not answer: enough to notice when it does. */
export const PROBES = 2

/** Most taken events kept at the head of the queue before it is compacted. */
const MAX_TAKEN = 10_000

/** A publish that has come back. */
export interface EndedPublish {
  /** When it was begun, epoch ms. */
  beganMs: number
  /** When it came back, epoch ms. */
  endedMs: number
  /** Whether the target has taken any of its events. */
  ok: boolean
}

/** The events of one target that are due and wait for a free publish. It counts the publishes; others make them. */
export function targetQueue(target: string) {
  let events: ScheduledEvent[] = []
  /** Where the queue begins: what stands before has been taken. */
  let head = 0
  /** Events whose batch was refused, so that each is tried alone. */
  let alone: ScheduledEvent[] = []
  let inFlight = 0
  let isSilent = false
  /** When the last of the publishes that the target took was begun, epoch ms. */
  let tookMs = Number.NEGATIVE_INFINITY
  const mayBegin = () => inFlight < (isSilent ? PROBES : MAX_IN_FLIGHT)

  /** Where the next batch ends, if one may go out. */
  const endOfBatch = () => {
    if (!mayBegin() || head === events.length) return undefined
    const end = head + batchLength(events, head)
    const hasRoom = end === events.length && end - head < MAX_BATCH_ENTRIES
    return hasRoom && inFlight >= FILL_UP_FROM ? undefined : end
  }
  return {
    target,
    /** Adds events in the order in which they are due. Those that are late go before others that wait and were due later. */
    add(due: readonly ScheduledEvent[]): void {
      const [first, last] = [due[0], events.at(-1)]
      for (const event of due) events.push(event)
      if (!first || !last || first.emitAtMs >= last.emitAtMs) return
      events = events.slice(head).sort((one, other) => one.emitAtMs - other.emitAtMs)
      head = 0
    },
    /** Adds events of which each is to be published alone, before all others. */
    addAlone(refused: readonly ScheduledEvent[]): void {
      if (refused.length > 0) alone = alone.concat(refused)
    },
    /** Takes the events of the next publish, in order; undefined while none may begin. */
    nextBatch(): ScheduledEvent[] | undefined {
      if (alone.length > 0 && mayBegin()) return alone.splice(0, 1)
      const end = endOfBatch()
      if (end === undefined) return undefined
      const batch = events.slice(head, end)
      head = end
      if (head === events.length || head > MAX_TAKEN) {
        events = events.slice(head)
        head = 0
      }
      return batch
    },
    /** Takes every event that waits. */
    takeAll(): ScheduledEvent[] {
      const taken = alone.concat(events.slice(head))
      alone = []
      events = []
      head = 0
      return taken
    },
    /** A publish to the target begins. */
    began: (): void => void inFlight++,
    /** A publish to the target has come back. */
    ended({ beganMs, endedMs, ok }: EndedPublish): void {
      inFlight--
      if (ok) tookMs = Math.max(tookMs, beganMs)
      // A request that is never answered may be one of many that are: then it is not the target that is silent.
      isSilent = !ok && endedMs - beganMs > BEHIND_MS && tookMs < beganMs
    },
    /** Whether the target does not answer: while it does not, few publishes are under way. */
    isSilent: (): boolean => isSilent,
    /** Whether nothing waits and nothing is under way. */
    isIdle: (): boolean => alone.length === 0 && events.length === 0 && inFlight === 0,
  }
}

export type TargetQueue = ReturnType<typeof targetQueue>
