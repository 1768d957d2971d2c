import type { ExpressLane } from '../../aws/express-lane.ts'
import type { Clock } from '../../core/clock.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import { mustOpen, needsExpress } from '../../core/lane.ts'
import { waitTimestamp } from '../../core/slot.ts'
import { EXPRESS_LEAD_MS } from '../../core/timetable.ts'
import type { OpenSlot } from '../open-slot.ts'

export type Dispatch = (parked: readonly ScheduledEvent[]) => Promise<void>

/**
 * Sees to it that parked events are delivered: opens the slots that come up, and sends by express what their runner
 * may miss. Reads the clock itself, because it matters when the write was acknowledged.
 */
export function dispatchWith(deps: { openSlot: OpenSlot; express: ExpressLane; clock: Clock }): Dispatch {
  return async (parked) => {
    const nowMs = deps.clock.now()
    const slots = [...new Set(parked.filter(({ slot }) => mustOpen(slot, nowMs)).map(({ slot }) => slot))]
    const urgent = parked.filter((event) => needsExpress(event, nowMs))
    await Promise.all([...slots.map(deps.openSlot), sendByExpress(deps, urgent, nowMs)])
  }
}

/** One delivery for all: they are due within seconds of each other, and holding the last costs less than another start. */
async function sendByExpress({ express }: { express: ExpressLane }, events: readonly ScheduledEvent[], nowMs: number) {
  if (events.length === 0) return
  const firstMs = Math.min(...events.map(({ emitAtMs }) => emitAtMs))
  await express.deliver(waitTimestamp(Math.max(firstMs - EXPRESS_LEAD_MS, nowMs)), events)
}
