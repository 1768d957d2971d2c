import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import { SchedulerError } from '../../core/errors.ts'
import { type EventRef, hasOwnId, isSamePlace, type ScheduledEvent } from '../../core/event.ts'
import { hasMovedOnAlone } from '../../core/outcome.ts'
import { isLater } from '../../core/publication.ts'
import type { Refusal } from '../../core/refusal.ts'
import { minuteOf } from '../../core/slot.ts'
import { WATERMARK_MARGIN_MS } from '../../core/timetable.ts'
import type { Dispatch } from './dispatch.ts'
import { isReplacing } from './doubt.ts'
import type { Join } from './joining.ts'
import { clearingsOf, indexAll, type KnownBeforeDeps, knownAmong } from './known-before.ts'
import type { WithLease } from './leasing.ts'
import { type ParkDeps, parkAll } from './park-all.ts'
import { type PlaceKnownDeps, type Placement, placeKnown, placePast } from './place-known.ts'

export interface ScheduleDeps extends PlaceKnownDeps, Omit<KnownBeforeDeps, 'table'> {
  table: PlaceKnownDeps['table'] &
    KnownBeforeDeps['table'] &
    ParkDeps['table'] &
    Pick<EventsTable, 'beginWatermark' | 'outcomesOf'>
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
    const placed = await Promise.all(events.map((event) => (isKnown(event) ? undefined : placePast(deps, event))))
    const answers = await carryOut(
      deps,
      placed.filter((placement) => placement !== undefined),
    )
    return events.map((event, i) => (placed[i] ? answers.shift() : { from: event }))
  }
  return (withLease) => {
    const change = async (event: ScheduledEvent, known: KnownFrom) => {
      const { id, publication } = event
      const work = () => changeKnown(deps, event, known)
      try {
        const [refusal] = await (publication ? withLease({ id, publication }, work) : work())
        return refusal
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

/** @returns why the event is not scheduled, if it is not @throws SchedulerError if there was no time to write it */
async function changeKnown(
  deps: ScheduleDeps,
  event: ScheduledEvent,
  { from: { slot, key } }: KnownFrom,
): Promise<Refusal[]> {
  const clearings = await clearingsOf(deps, [event])
  const placement = await placeKnown(deps, { ...event, slot, key }, clearings.get(event.id))
  const [answer] = await carryOut(deps, [placement])
  if (mustChange(answer)) return changeKnown(deps, placement.park ?? event, answer)
  if (answer instanceof SchedulerError) throw answer
  return answer ? [answer] : []
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
