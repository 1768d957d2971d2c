import type { ScheduledEvent } from '../../core/event.ts'
import { MAX_HELD_BYTES } from '../../core/segment.ts'
import { bytesOf } from './outstanding-events.ts'

/** Events that are being parked again at once. Each is two writes: together they leave the slot's partition its room. */
export const MAX_POSTPONING = 16

/** Most bytes of events that are parked again or wait for it: what a failing target has on top of its own bound. */
export const MAX_POSTPONING_BYTES = MAX_HELD_BYTES / 8

export interface PostponingDeps {
  /** Parks an event again; never rejects. */
  postpone(event: ScheduledEvent): Promise<void>
}

/** Has events parked again that there is no room for: a few at a time, and no more than fit into a bound. */
export function startPostponing({ postpone }: PostponingDeps) {
  const waiting: ScheduledEvent[] = []
  let underWay = 0
  let bytes = 0
  const begin = () => {
    while (underWay < MAX_POSTPONING && waiting.length > 0) void carryOut(waiting.shift() as ScheduledEvent)
  }
  const carryOut = async (event: ScheduledEvent) => {
    underWay++
    await postpone(event)
    underWay--
    bytes -= bytesOf(event)
    begin()
  }
  return {
    /** How many bytes of events there is room for. */
    room: (): number => MAX_POSTPONING_BYTES - bytes,
    /** @returns whether the event is parked again; if not, there is no room for it even here */
    add(event: ScheduledEvent): boolean {
      if (bytes + bytesOf(event) > MAX_POSTPONING_BYTES) return false
      bytes += bytesOf(event)
      waiting.push(event)
      begin()
      return true
    },
  }
}
