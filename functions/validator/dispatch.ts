import type { EventsTable } from '../../aws/events-table.ts'
import type { ExpressLane } from '../../aws/express-lane.ts'
import type { Clock } from '../../core/clock.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import { mayBeMissed, mustAnnounce, mustOpen } from '../../core/lane.ts'
import { slotEndMs, waitTimestamp } from '../../core/slot.ts'
import { ANNOUNCED_MS, CLOCK_SKEW_MS, EXPRESS_LEAD_MS } from '../../core/timetable.ts'
import { isLateFor, type OpenSlot } from '../open-slot.ts'

export interface DispatchDeps {
  table: Pick<EventsTable, 'announce'>
  openSlot: OpenSlot
  express: ExpressLane
  clock: Clock
}

/**
 * @param parked events that were just written
 * @param found events that were there already: whoever wrote them may have failed before it had seen to them
 */
export type Dispatch = (parked: readonly ScheduledEvent[], found?: readonly ScheduledEvent[]) => Promise<void>

/**
 * Sees to it that events are delivered: opens the slots that come up, starts the express lane, and tells emitters of what
 * they may have missed. Reads the clock itself, because it matters when the write was acknowledged.
 */
export function dispatchWith(deps: DispatchDeps): Dispatch {
  return async (parked, found = []) => {
    const nowMs = deps.clock.now()
    const events = [...parked, ...found]
    const slots = new Set(events.filter(({ slot }) => mustOpen(slot, nowMs)).map(({ slot }) => slot))
    const opened = new Map([...slots].map((slot) => [slot, deps.openSlot(slot)]))
    const urgent = events.filter(({ lane }) => lane === 'express')
    // What has gone out is not looked at again: a slot that may have been settled is sure to count it first.
    const counted = urgent.map(({ slot }) => (isLateFor(slot, nowMs) ? opened.get(slot) : undefined))
    const late = [
      ...parked.filter((event) => mustAnnounce(event, nowMs)),
      ...found.filter((event) => mayBeMissed(event, nowMs)),
    ]
    const sent = Promise.all(counted).then(() => sendByExpress(deps, urgent))
    await Promise.all([...opened.values(), sent, announce(deps, late)])
  }
}

/**
 * Announces events to the emitters of their slots. It is done again while an emitter may have missed it, as long as the
 * minute lasts; after it only emitters whose targets are slow are at work, and the settler sees to the rest.
 */
async function announce({ table, clock }: DispatchDeps, late: readonly ScheduledEvent[]): Promise<void> {
  for (let missed = late; missed.length > 0; ) {
    const untilMs = clock.now() + ANNOUNCED_MS
    await table.announce(missed, untilMs)
    const nowMs = clock.now()
    missed = nowMs <= untilMs ? [] : missed.filter(({ slot }) => nowMs < slotEndMs(slot) + CLOCK_SKEW_MS)
  }
}

/** One delivery for all: they are due within seconds of each other, and holding the last costs less than another start. */
async function sendByExpress({ express, clock }: DispatchDeps, events: readonly ScheduledEvent[]) {
  if (events.length === 0) return
  const firstMs = Math.min(...events.map(({ emitAtMs }) => emitAtMs))
  await express.deliver(waitTimestamp(Math.max(firstMs - EXPRESS_LEAD_MS, clock.now())), events)
}
