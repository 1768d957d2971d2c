import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import { type Clearing, isCleared } from '../../core/clearing.ts'
import { SchedulerError } from '../../core/errors.ts'
import { type EventRef, isSamePlace, type ScheduledEvent } from '../../core/event.ts'
import type { IndexKind } from '../../core/index-kind.ts'
import { hasMovedOnAlone } from '../../core/outcome.ts'
import { isLater } from '../../core/publication.ts'
import { minuteOf, slotEndMs } from '../../core/slot.ts'
import { WATERMARK_MARGIN_MS } from '../../core/timetable.ts'
import type { Dispatch } from './dispatch.ts'
import { isReplacing } from './doubt.ts'
import type { Join } from './joining.ts'
import { type PlaceKnownDeps, type Placement, placeKnown, placePast } from './place-known.ts'
import type { Refusal } from './refusal.ts'

export interface ScheduleDeps extends PlaceKnownDeps {
  table: PlaceKnownDeps['table'] &
    Pick<EventsTable, 'park' | 'parkFirst' | 'beginWatermark' | 'index' | 'knownBefore' | 'outcomesOf'>
  index: IndexKind
  dispatch: Dispatch
  join: Join
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
    return carryOut(deps, await placeAll(deps, events))
  }
}

async function carryOut(deps: ScheduleDeps, placed: readonly Placement[]): ReturnType<Schedule> {
  const placements = await Promise.all(
    placed.map(async (placement) =>
      placement.park ? { ...placement, park: await deps.join(placement.park) } : placement,
    ),
  )
  const { parked, taken, fault } = await parkAll(
    deps,
    placements.flatMap(({ park }) => park ?? []),
  )
  const isThere = ({ park }: Placement) => !park || parked.includes(park)
  await deps.dispatch(
    parked,
    placements.flatMap(({ dispatch }) => dispatch ?? []),
  )
  for (const { id, date, lane, target } of parked) deps.log.debug('accepted', { id, due: date, lane, target })
  const met = [...taken.map((event) => ({ event, ref: event })), ...(await metMeanwhile(deps, parked.filter(hasOwnId)))]
  const refusals = new Map(met.map(({ event }, i) => [event, i]))
  const clearings = await clearingsOf(
    deps,
    met.map(({ event }) => event),
  )
  const anew = await Promise.all(
    met.map(({ event, ref: { slot, key } }) => placeKnown(deps, { ...event, slot, key }, clearings.get(event.id))),
  )
  const again = anew.length === 0 ? [] : await carryOut(deps, anew)
  return placements.map((placement) => {
    const i = placement.park && refusals.get(placement.park)
    if (i !== undefined) return again[i]
    return isThere(placement) ? placement.refusal : fault
  })
}

/** An event that has been met where it was parked, and the place from which it is seen what has come of that. */
interface Met {
  event: ScheduledEvent
  ref: EventRef
}

/**
 * Those of the events that a cancel has met that was published before them, or another event of their id and date that goes
 * on from there. That was written, where nothing stood yet, after they had been looked up. Whoever of the two writes last
 * sees what the other has written.
 */
async function metMeanwhile({ table }: ScheduleDeps, events: readonly ScheduledEvent[]): Promise<Met[]> {
  const outcomes = await table.outcomesOf(events)
  return events.flatMap((event) => {
    const outcome = outcomes.find((one) => isSamePlace(one, event))
    if (outcome?.next && hasMovedOnAlone(outcome)) return { event, ref: outcome.next }
    if (outcome?.kind !== 'cancelled') return []
    // A cancel that was published later is meant for the event.
    const comesAfter = isLater(event.publication, outcome) || isReplacing(event.publication, outcome)
    return comesAfter ? { event, ref: event } : []
  })
}

/**
 * Parks events: in bulk those whose ids nobody else has, the others only where nothing stands. So are those of the express
 * lane: where the same message has had its event joined to an emitter, that one may have published it already.
 * @returns those that are there, those in whose places there are others, and the fault that kept the rest from being written in time
 */
async function parkAll({ table }: ScheduleDeps, events: readonly ScheduledEvent[]) {
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
async function parkInBulk(
  { table }: Pick<ScheduleDeps, 'table'>,
  events: readonly ScheduledEvent[],
): Promise<SchedulerError | undefined> {
  if (events.length === 0) return undefined
  try {
    await table.park(events)
    return undefined
  } catch (fault) {
    if (!(fault instanceof SchedulerError) || !fault.unwritten) throw fault
    return fault
  }
}

/**
 * Events of which something may be known are looked up first: those with an id of their client's, which may come again in
 * another message, and those due within seconds, of which a redelivered one stays with who has it, runner or express lane.
 */
async function placeAll(deps: ScheduleDeps, events: readonly ScheduledEvent[]): Promise<Placement[]> {
  const own = events.filter(hasOwnId)
  await indexAll(deps, own)
  // Only now, however long that took: what is looked up before may be delivered by the time it is written.
  const { places, clearings } = await knownBefore(deps, events)
  const known = new Set(places.map(({ slot, key }) => slot + key))
  return Promise.all(
    events.map((event): Placement | Promise<Placement> => {
      const clearing = clearings.get(event.id)
      if (known.has(event.slot + event.key) || isCleared(event.publication, clearing))
        return placeKnown(deps, event, clearing)
      return placePast(deps, event)
    }),
  )
}

async function knownBefore({ table, clock, index }: ScheduleDeps, events: readonly ScheduledEvent[]) {
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
async function indexAll({ table, index, slotAt }: ScheduleDeps, events: readonly ScheduledEvent[]): Promise<void> {
  if (index === 'none' || events.length === 0) return
  await table.index(
    await Promise.all(events.map(async (event) => ({ ...event, slot: await slotAt(event.dueAtMs, event.id) }))),
  )
}

async function clearingsOf({ table, index }: ScheduleDeps, events: readonly ScheduledEvent[]) {
  if (index === 'none' || events.length === 0) return new Map<string, Clearing>()
  return table.clearingsOf(events.map(({ id }) => id))
}

/** Whether the client chose the id: otherwise it is that of the message, and nobody else has it. */
function hasOwnId({ id, publication }: ScheduledEvent): boolean {
  return id !== publication?.messageId
}
