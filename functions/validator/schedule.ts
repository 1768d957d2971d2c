import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import { type Clearing, isCleared } from '../../core/clearing.ts'
import { SchedulerError } from '../../core/errors.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import type { IndexKind } from '../../core/index-kind.ts'
import { canJoin } from '../../core/lane.ts'
import { minuteOf, slotEndMs } from '../../core/slot.ts'
import { WATERMARK_MARGIN_MS } from '../../core/timetable.ts'
import type { OpenedSlots } from '../opened-slots.ts'
import type { Dispatch } from './dispatch.ts'
import { type PlaceKnownDeps, type Placement, placeKnown } from './place-known.ts'
import type { Refusal } from './refusal.ts'

export interface ScheduleDeps extends PlaceKnownDeps {
  table: PlaceKnownDeps['table'] & Pick<EventsTable, 'park' | 'beginWatermark' | 'index' | 'clearingsOf'>
  index: IndexKind
  dispatch: Dispatch
  opened: Pick<OpenedSlots, 'openedAtMs'>
  log: Log
}

/**
 * @returns for each of the events why it is not scheduled, or undefined if it is, or was before. A fault says that there
 * was no time to write it: its message is to come back.
 */
export type Schedule = (events: readonly ScheduledEvent[]) => Promise<(Refusal | SchedulerError | undefined)[]>

/** Parks events and sees to their delivery. An event that is there already is not scheduled a second time. */
export function scheduleWith(deps: ScheduleDeps): Schedule {
  let begun: Promise<void> | undefined
  return async (events) => {
    begun ??= deps.table.beginWatermark(minuteOf(deps.clock.now() - WATERMARK_MARGIN_MS))
    await begun.catch((error) => {
      begun = undefined
      throw error
    })
    const placements = await placeAll(deps, events)
    const { parked, fault } = await parkAll(
      deps,
      placements.flatMap(({ park }) => park ?? []),
    )
    const isThere = ({ park }: Placement) => !park || parked.includes(park)
    await deps.dispatch(placements.filter(isThere).flatMap(({ park, dispatch }) => park ?? dispatch ?? []))
    for (const { id, date, lane, target } of parked) deps.log.debug('accepted', { id, due: date, lane, target })
    return placements.map((placement) => (isThere(placement) ? placement.refusal : fault))
  }
}

/** Parks events. @returns those that are there, and the fault that kept others from being written in time */
async function parkAll({ table }: ScheduleDeps, events: readonly ScheduledEvent[]) {
  try {
    await table.park(events)
    return { parked: events }
  } catch (fault) {
    if (!(fault instanceof SchedulerError) || !fault.unwritten) throw fault
    const unwritten = new Set(fault.unwritten.map(({ slot, key }) => slot + key))
    return { parked: events.filter(({ slot, key }) => !unwritten.has(slot + key)), fault }
  }
}

/**
 * Events of which something may be known are looked up first: those with an id of their client's, which may come again in
 * another message, and those due within seconds, of which a redelivered one stays with who has it, runner or express lane.
 * Of the new ones the runner gets those that can still join it.
 */
async function placeAll(deps: ScheduleDeps, events: readonly ScheduledEvent[]): Promise<Placement[]> {
  const clearings = await indexAll(deps, events.filter(hasOwnId))
  const asked = events.filter((event) => event.lane === 'express' || hasOwnId(event))
  const { events: found, outcomes, unreadable } = await deps.table.lookUp(asked)
  const known = new Set([...found, ...outcomes, ...unreadable].map(({ slot, key }) => slot + key))
  const nowMs = deps.clock.now()
  return Promise.all(
    events.map((event): Placement | Promise<Placement> => {
      const isPast = slotEndMs(event.slot) <= nowMs
      const clearing = clearings.get(event.id)
      if (isPast || known.has(event.slot + event.key) || isCleared(event.publication, clearing))
        return placeKnown(deps, event, clearing)
      const joins = canJoin(event, { openedAtMs: deps.opened.openedAtMs(event.slot), nowMs })
      return { park: event.lane === 'express' && joins ? { ...event, lane: 'soon' } : event }
    }),
  )
}

/**
 * Notes under the ids of events where they will stand. Only then does it look what was cancelled with all of an id:
 * whoever cancels notes that first, and looks for events then, so that one of the two sees the other.
 */
async function indexAll(
  { table, index }: ScheduleDeps,
  events: readonly ScheduledEvent[],
): Promise<Map<string, Clearing>> {
  if (index === 'none' || events.length === 0) return new Map()
  await table.index(events)
  return table.clearingsOf(events.map(({ id }) => id))
}

/** Whether the client chose the id: otherwise it is that of the message, and nobody else has it. */
function hasOwnId({ id, publication }: ScheduledEvent): boolean {
  return id !== publication?.messageId
}
