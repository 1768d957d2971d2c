import type { EventsTable } from '../../aws/events-table.ts'
import { SchedulerError } from '../../core/errors.ts'
import { type EventRef, hasOwnId, isSamePlace, type ScheduledEvent } from '../../core/event.ts'

export interface ParkDeps {
  table: Pick<EventsTable, 'park' | 'parkFirst'>
}

/** What came of parking events. */
export interface Parking {
  /** Those that are there. */
  parked: ScheduledEvent[]
  /** Those in whose places there are others. */
  taken: ScheduledEvent[]
  /** What kept the rest from being written in time. */
  fault: SchedulerError | undefined
}

/**
 * Parks events: in bulk those whose ids nobody else has, the others only where nothing stands. So are those of the express
 * lane: where the same message has had its event joined to an emitter, that one may have published it already.
 */
export async function parkAll({ table }: ParkDeps, events: readonly ScheduledEvent[]): Promise<Parking> {
  const isAlone = (event: ScheduledEvent) => hasOwnId(event) || event.lane === 'express'
  const alone = events.filter(isAlone)
  const [first, fault] = await Promise.all([
    alone.length > 0 ? table.parkFirst(alone) : NONE,
    parkInBulk(
      { table },
      events.filter((event) => !isAlone(event)),
    ),
  ])
  const unwritten = [...first.unwritten, ...(fault?.unwritten ?? [])]
  const isAmong = (event: ScheduledEvent, refs: readonly EventRef[]) => refs.some((ref) => isSamePlace(ref, event))
  return {
    parked: events.filter((event) => !isAmong(event, unwritten) && !isAmong(event, first.taken)),
    taken: alone.filter((event) => isAmong(event, first.taken)),
    fault: first.why ?? fault,
  }
}

const NONE = { taken: [], unwritten: [], why: undefined }

/** @returns the fault that kept some from being written in time */
async function parkInBulk({ table }: ParkDeps, events: readonly ScheduledEvent[]): Promise<SchedulerError | undefined> {
  if (events.length === 0) return undefined
  try {
    await table.park(events)
    return undefined
  } catch (fault) {
    if (!(fault instanceof SchedulerError) || !fault.unwritten) throw fault
    return fault
  }
}
