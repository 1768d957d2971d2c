import type { ScheduledEvent } from '../../core/event.ts'
import { MAX_HELD_BYTES } from '../../core/segment.ts'
import { deferredBytesOf, deferredKeys } from './deferred-keys.ts'
import { bytesOf } from './outstanding-events.ts'

/**
 * A target is behind when an event of its has been due for this long and is not done with, ms. All that a healthy target
 * gets in one millisecond is through before, however much that is.
 */
export const BEHIND_MS = 3_000

/** Most bytes of the events of all targets that are behind, some 13,000 small ones: the other half is for the others. */
export const MAX_BEHIND_BYTES = MAX_HELD_BYTES / 2

/** Most bytes of deferred events, on top of what an emitter holds: some 50,000 keys. */
export const MAX_DEFERRED_BYTES = 8 * 1024 * 1024

/** The events of one target that are due and not done with. */
interface Load {
  /** When each that is in memory became due to the target, epoch ms; in that order. */
  sinceMs: Map<ScheduledEvent, number>
  bytes: number
  /** Those that there is no room for. */
  deferred: ReturnType<typeof deferredKeys>
}

/**
 * What each target has in memory. One that is behind may have as much as it leaves free of what is there for all that are:
 * half of it when it is alone, a third when there are two, and there is always some left for another. What is beyond is
 * deferred: its key is kept, and its turn comes before that of all that falls due later.
 */
export function targetLoads() {
  const loads = new Map<string, Load>()
  let deferredBytes = 0
  const loadOf = (target: string): Load => {
    const load = loads.get(target) ?? { sinceMs: new Map(), bytes: 0, deferred: deferredKeys() }
    loads.set(target, load)
    return load
  }
  const forgetIfEmpty = (target: string, { sinceMs, deferred }: Load) => {
    if (sinceMs.size === 0 && deferred.size() === 0) loads.delete(target)
  }
  const isBehind = ({ sinceMs, deferred }: Load, nowMs: number) => {
    const [first = nowMs] = sinceMs.values()
    return deferred.size() > 0 || nowMs - first > BEHIND_MS
  }
  const behindBytes = (nowMs: number) =>
    [...loads.values()].reduce((sum, load) => sum + (isBehind(load, nowMs) ? load.bytes : 0), 0)
  /** How much more a target may have that is behind, when all that are have so many bytes. */
  const roomOf = ({ bytes }: Load, allBytes: number) => (MAX_BEHIND_BYTES - allBytes - bytes) / 2
  const hasRoom = (load: Load, event: ScheduledEvent, nowMs: number) =>
    !isBehind(load, nowMs) || (load.deferred.size() === 0 && bytesOf(event) <= roomOf(load, behindBytes(nowMs)))
  return {
    /**
     * Takes an event that is due to its target. Where that is bounded, only if there is room for it, and none is deferred.
     * @returns whether it did
     */
    take(event: ScheduledEvent, { nowMs, isBounded }: { nowMs: number; isBounded: boolean }): boolean {
      const load = loadOf(event.target)
      if (isBounded && !hasRoom(load, event, nowMs)) return false
      load.sinceMs.set(event, nowMs)
      load.bytes += bytesOf(event)
      return true
    },
    /** Keeps the key of an event that is not to be in memory. @returns whether there is room for that */
    defer(event: ScheduledEvent): boolean {
      if (deferredBytes + deferredBytesOf(event) > MAX_DEFERRED_BYTES) return false
      deferredBytes += deferredBytesOf(event)
      loadOf(event.target).deferred.add({ key: event.key, bytes: bytesOf(event) })
      return true
    },
    /**
     * Takes the keys of deferred events whose targets have room for them, or, unless it is bounded, whether they have or
     * not: of each target those that were due first, and together no more than `most` bytes once they are looked up.
     */
    takeDeferred({ nowMs, isBounded, most }: { nowMs: number; isBounded: boolean; most: number }): string[] {
      const keys: string[] = []
      let left = most
      let allBytes = behindBytes(nowMs)
      for (const [target, load] of loads) {
        for (const event of load.deferred.take(isBounded ? Math.min(left, roomOf(load, allBytes)) : left)) {
          keys.push(event.key)
          left -= event.bytes
          allBytes += event.bytes
          deferredBytes -= deferredBytesOf(event)
        }
        forgetIfEmpty(target, load)
      }
      return keys
    },
    /** Counts from now how long events wait for their targets: until now it was not for them that they waited. */
    startAnew(nowMs: number): void {
      for (const { sinceMs } of loads.values()) for (const event of sinceMs.keys()) sinceMs.set(event, nowMs)
    },
    /** Is done with an event that is in memory. */
    leave(event: ScheduledEvent): void {
      const load = loads.get(event.target)
      if (!load?.sinceMs.delete(event)) return
      load.bytes -= bytesOf(event)
      forgetIfEmpty(event.target, load)
    },
  }
}
