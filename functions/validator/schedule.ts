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
import type { WithLease } from './leasing.ts'
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
 * Why an event is not scheduled, or undefined if it is, or was before. A fault says that there was no time to write it: its
 * message is to come back.
 */
type Answer = Refusal | SchedulerError | undefined

/** Something is known of an event: from this place on it is seen where it stands. */
interface KnownFrom {
  from: EventRef
}

/** An event that is there already is not scheduled a second time. */
export interface Scheduling {
  /** Parks events of which nothing is known, in bulk, and sees to their delivery. The others are still to be changed. */
  add(events: readonly ScheduledEvent[]): Promise<(Answer | KnownFrom)[]>
  /** Decides what becomes of an event of which something is known, and sees to it. */
  change(event: ScheduledEvent, known: KnownFrom): Promise<Answer>
  /** Does the one or the other. */
  schedule: Schedule
}
export type Schedule = (events: readonly ScheduledEvent[]) => Promise<Answer[]>

/** @param withLease for changes */
export function scheduleWith(deps: ScheduleDeps): (withLease: WithLease) => Scheduling {
  let begun: Promise<void> | undefined
  const add = async (events: readonly ScheduledEvent[]) => {
    begun ??= deps.table.beginWatermark(minuteOf(deps.clock.now() - WATERMARK_MARGIN_MS))
    await begun.catch((error) => {
      begun = undefined
      throw error
    })
    await indexAll(deps, events.filter(hasOwnId))
    // Only now, however long that took: what is looked up before may be delivered by the time it is written.
    const isKnown = await knownAmong(deps, events)
    const unknown = events.filter((event) => !isKnown(event))
    const answers = await carryOut(deps, await Promise.all(unknown.map((event) => placePast(deps, event))))
    return events.map((event) => (isKnown(event) ? { from: event } : answers.shift()))
  }
  return (withLease) => {
    const change = async (event: ScheduledEvent, known: KnownFrom) => {
      const { id, publication } = event
      const work = () => changeKnown(deps, event, known)
      try {
        return await (publication ? withLease({ id, publication }, work) : work())
      } catch (fault) {
        if (fault instanceof SchedulerError) return fault
        throw fault
      }
    }
    const schedule: Schedule = async (events) => {
      const added = await add(events)
      return Promise.all(added.map((one, i) => (mustChange(one) ? change(events[i] as ScheduledEvent, one) : one)))
    }
    return { add, change, schedule }
  }
}

/** Whether an event is still to be changed. */
export function mustChange(added: Answer | KnownFrom): added is KnownFrom {
  return added !== undefined && 'from' in added
}

async function changeKnown(
  deps: ScheduleDeps,
  event: ScheduledEvent,
  { from: { slot, key } }: KnownFrom,
): Promise<Answer> {
  const clearings = await clearingsOf(deps, [event])
  const placement = await placeKnown(deps, { ...event, slot, key }, clearings.get(event.id))
  const [answer] = await carryOut(deps, [placement])
  return mustChange(answer) ? changeKnown(deps, placement.park ?? event, answer) : answer
}

async function carryOut(deps: ScheduleDeps, placed: readonly Placement[]): Promise<(Answer | KnownFrom)[]> {
  const placements = await Promise.all(
    placed.map(async (placement) =>
      placement.park ? { ...placement, park: await deps.join(placement.park) } : placement,
    ),
  )
  const { parked, taken, fault } = await parkAll(
    deps,
    placements.flatMap(({ park }) => park ?? []),
  )
  await deps.dispatch(
    parked,
    placements.flatMap(({ dispatch }) => dispatch ?? []),
  )
  for (const { id, date, lane, target } of parked) deps.log.debug('accepted', { id, due: date, lane, target })
  const met = [
    ...taken.map((event) => ({ event, from: event })),
    ...(await metMeanwhile(deps, parked.filter(hasOwnId))),
  ]
  return placements.map(({ park, refusal }) => {
    const known = met.find(({ event }) => event === park)
    if (known) return { from: known.from }
    return !park || parked.includes(park) ? refusal : fault
  })
}

/** An event that has been met where it was parked. */
interface Met extends KnownFrom {
  event: ScheduledEvent
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
    if (outcome?.next && hasMovedOnAlone(outcome)) return { event, from: outcome.next }
    if (outcome?.kind !== 'cancelled') return []
    // A cancel that was published later is meant for the event.
    const comesAfter = isLater(event.publication, outcome) || isReplacing(event.publication, outcome)
    return comesAfter ? { event, from: event } : []
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
 * Of which of the events something is known. Those of which it may be are looked up: those with an id of their client's, which
 * may come again in another message, and those due within seconds, of which a redelivered one stays with who has it, runner
 * or express lane.
 */
async function knownAmong(deps: ScheduleDeps, events: readonly ScheduledEvent[]) {
  const { places, clearings } = await knownBefore(deps, events)
  const known = new Set(places.map(({ slot, key }) => slot + key))
  return ({ slot, key, id, publication }: ScheduledEvent): boolean =>
    known.has(slot + key) || isCleared(publication, clearings.get(id))
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
