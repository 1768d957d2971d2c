import type { ScheduledEvent } from '../../core/event.ts'
import { MAX_HELD_BYTES } from '../../core/segment.ts'
import { bytesOf } from './outstanding-events.ts'

/**
 * A target is behind when an event of its has been due for this long and is not done with, ms. All that a healthy target
 * gets in one millisecond is through before, however much that is.
 */
export const BEHIND_MS = 3_000

/** Most bytes of the events of one target that is behind: an eighth of what an emitter holds; some 3,400 small events. */
export const MAX_TARGET_BYTES = MAX_HELD_BYTES / 8

/** Most bytes of the events of all targets that are behind: the other half is for those that are not. */
export const MAX_BEHIND_BYTES = MAX_HELD_BYTES / 2

/** The events of one target that are due and not done with: they wait, are being published or are tried again. */
interface Load {
  /** When each became due to the target, epoch ms; in that order. */
  sinceMs: Map<ScheduledEvent, number>
  bytes: number
}

/** What each target has in memory, bounded for those that are behind: so they leave room for the others. */
export function targetLoads() {
  const loads = new Map<string, Load>()
  const isBehind = ({ sinceMs }: Load, nowMs: number) => {
    const [first = nowMs] = sinceMs.values()
    return nowMs - first > BEHIND_MS
  }
  const behindBytes = (nowMs: number) =>
    [...loads.values()].reduce((sum, load) => sum + (isBehind(load, nowMs) ? load.bytes : 0), 0)
  const hasRoom = (load: Load, bytes: number, nowMs: number) =>
    !isBehind(load, nowMs) || (load.bytes + bytes <= MAX_TARGET_BYTES && behindBytes(nowMs) + bytes <= MAX_BEHIND_BYTES)
  return {
    /** Takes an event that is due to its target, unless that is behind and has as much as it may. @returns whether it did */
    take(event: ScheduledEvent, { nowMs, isBounded }: { nowMs: number; isBounded: boolean }): boolean {
      const load = loads.get(event.target) ?? { sinceMs: new Map(), bytes: 0 }
      if (isBounded && !hasRoom(load, bytesOf(event), nowMs)) return false
      loads.set(event.target, load)
      load.sinceMs.set(event, nowMs)
      load.bytes += bytesOf(event)
      return true
    },
    /** Counts from now how long events wait for their targets: until now it was not for them that they waited. */
    startAnew(nowMs: number): void {
      for (const { sinceMs } of loads.values()) for (const event of sinceMs.keys()) sinceMs.set(event, nowMs)
    },
    /** Is done with an event. */
    leave(event: ScheduledEvent): void {
      const load = loads.get(event.target)
      if (!load?.sinceMs.delete(event)) return
      load.bytes -= bytesOf(event)
      if (load.sinceMs.size === 0) loads.delete(event.target)
    },
  }
}
