import type { ScheduledEvent } from '../../core/event.ts'
import { slotStartMs } from '../../core/slot.ts'
import type { EventsInMemory } from '../memory/events-table.ts'

interface Parking {
  table: Pick<EventsInMemory, 'park' | 'divideMinute'>
  shards: number
}

/** Parks events as the validator does: their minutes are divided first. */
export async function parkAll(world: Parking, events: readonly ScheduledEvent[]): Promise<void> {
  await divide(world, events)
  await world.table.park(events)
}

/** Divides the minutes of the events. */
export async function divide(world: Parking, events: readonly ScheduledEvent[]): Promise<void> {
  for (const minuteMs of new Set(events.map(({ slot }) => slotStartMs(slot))))
    await world.table.divideMinute(minuteMs, world.shards)
}
