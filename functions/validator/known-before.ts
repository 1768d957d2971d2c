import type { EventsTable } from '../../aws/events-table.ts'
import { type Clearing, isCleared } from '../../core/clearing.ts'
import type { Clock } from '../../core/clock.ts'
import { hasOwnId, type ScheduledEvent } from '../../core/event.ts'
import type { IndexKind } from '../../core/index-kind.ts'
import { slotEndMs } from '../../core/slot.ts'
import type { SlotAt } from '../slot-at.ts'

export interface KnownBeforeDeps {
  table: Pick<EventsTable, 'index' | 'knownBefore' | 'clearingsOf'>
  index: IndexKind
  clock: Clock
  slotAt: SlotAt
}

/**
 * Of which of the events something is known. Those of which it may be are looked up: those with an id of their client's, which
 * may come again in another message, and those due within seconds, of which a redelivered one stays with who has it, runner
 * or express lane.
 */
export async function knownAmong(deps: KnownBeforeDeps, events: readonly ScheduledEvent[]) {
  const { places, clearings } = await knownBefore(deps, events)
  const known = new Set(places.map(({ slot, key }) => slot + key))
  return ({ slot, key, id, publication }: ScheduledEvent): boolean =>
    known.has(slot + key) || isCleared(publication, clearings.get(id))
}

async function knownBefore({ table, clock, index }: KnownBeforeDeps, events: readonly ScheduledEvent[]) {
  const nowMs = clock.now()
  const isPast = ({ slot }: ScheduledEvent) => slotEndMs(slot) <= nowMs
  const asked = events.filter((event) => event.lane === 'express' || hasOwnId(event) || isPast(event))
  const indexed = index === 'none' ? [] : events.filter(hasOwnId)
  return table.knownBefore(
    asked,
    indexed.map(({ id }) => id),
  )
}

/**
 * Notes under the ids of events the places of their dates, from which each is followed to where it stands. Only then is it
 * looked what was cancelled with all of an id: whoever cancels notes that first, and looks for events then, so that one of
 * the two sees the other.
 */
export async function indexAll(
  { table, index, slotAt }: KnownBeforeDeps,
  events: readonly ScheduledEvent[],
): Promise<void> {
  if (index === 'none' || events.length === 0) return
  await table.index(
    await Promise.all(events.map(async (event) => ({ ...event, slot: await slotAt(event.dueAtMs, event.id) }))),
  )
}

/** What was cancelled with all of the ids of events, by id. */
export async function clearingsOf({ table, index }: KnownBeforeDeps, events: readonly ScheduledEvent[]) {
  if (index === 'none' || events.length === 0) return new Map<string, Clearing>()
  return table.clearingsOf(events.map(({ id }) => id))
}
