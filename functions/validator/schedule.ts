import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import type { Clock } from '../../core/clock.ts'
import { attemptOf, eventKey, type ScheduledEvent } from '../../core/event.ts'
import { canJoin, mustOpen } from '../../core/lane.ts'
import type { Outcome } from '../../core/outcome.ts'
import { minuteOf, slotEndMs } from '../../core/slot.ts'
import { WATERMARK_MARGIN_MS } from '../../core/timetable.ts'
import { follow, type Standing, statusOf } from '../../status/event-status.ts'
import type { OpenSlot } from '../open-slot.ts'
import type { OpenedSlots } from '../opened-slots.ts'
import type { SlotAt } from '../slot-at.ts'
import type { Dispatch } from './dispatch.ts'

export interface ScheduleDeps {
  table: Pick<EventsTable, 'park' | 'lookUp' | 'beginWatermark' | 'isDelivered' | 'concludeFirst' | 'concludeInstead'>
  dispatch: Dispatch
  openSlot: OpenSlot
  opened: Pick<OpenedSlots, 'openedAtMs'>
  clock: Clock
  slotAt: SlotAt
  log: Log
}

/** What to do with an event: write it, or only see to its delivery because it is there already, or nothing. */
interface Placement {
  park?: ScheduledEvent
  dispatch?: ScheduledEvent
}

/** Parks events and sees to their delivery. An event that is there already is not scheduled a second time. */
export function scheduleWith(deps: ScheduleDeps) {
  let begun: Promise<void> | undefined
  return async (events: readonly ScheduledEvent[]): Promise<void> => {
    begun ??= deps.table.beginWatermark(minuteOf(deps.clock.now() - WATERMARK_MARGIN_MS))
    await begun.catch((error) => {
      begun = undefined
      throw error
    })
    const placements = await placeAll(deps, events)
    const parked = placements.flatMap(({ park }) => park ?? [])
    await deps.table.park(parked)
    await deps.dispatch(placements.flatMap(({ park, dispatch }) => park ?? dispatch ?? []))
    for (const { id, date, lane, target } of parked) deps.log.debug('accepted', { id, due: date, lane, target })
  }
}

/**
 * Events due within seconds are looked up first: a redelivered one stays with who has it, runner or express lane. Of the
 * new ones the runner gets those that can still join it.
 */
async function placeAll(deps: ScheduleDeps, events: readonly ScheduledEvent[]): Promise<Placement[]> {
  const urgent = events.filter(({ lane }) => lane === 'express')
  const { events: found, outcomes } = await deps.table.lookUp(urgent)
  const known = new Set([...found, ...outcomes].map(({ slot, key }) => slot + key))
  const nowMs = deps.clock.now()
  return Promise.all(
    events.map((event): Placement | Promise<Placement> => {
      if (event.lane !== 'express') return { park: event }
      const past = slotEndMs(event.slot) <= nowMs
      if (past || known.has(event.slot + event.key)) return placeKnownOrPast(deps, event)
      const joins = canJoin(event, { openedAtMs: deps.opened.openedAtMs(event.slot), nowMs })
      return { park: joins ? { ...event, lane: 'soon' } : event }
    }),
  )
}

async function placeKnownOrPast(deps: ScheduleDeps, event: ScheduledEvent): Promise<Placement> {
  const standing = await follow(deps.table, event)
  const status = await statusOf(deps.table, standing)
  if (status === 'delivered' || status === 'cancelled') return {}
  if (status === 'pending' && standing.event) return resume(deps, standing.event)
  if (status === 'failed' || status === 'expired')
    return hasExpired(event, deps.clock.now()) ? {} : redrive(deps, event, standing)
  // A pointer to a slot in which the event was never parked: whoever wrote it crashed before.
  if (standing.ref.key !== event.key || standing.ref.slot !== event.slot)
    return { park: { ...event, ...standing.ref, attempt: attemptOf(standing.ref.key) } }
  return placePast(deps, event)
}

/**
 * Sees to the delivery of an event that is parked already. The runner's events are the runner's: if it has missed one,
 * the settler knows.
 */
async function resume({ openSlot, clock }: ScheduleDeps, event: ScheduledEvent): Promise<Placement> {
  if (event.lane === 'express') return { dispatch: event }
  if (mustOpen(event.slot, clock.now())) await openSlot(event.slot)
  return {}
}

/**
 * An event that was past due when it arrived goes to the slot of this minute. A pointer in the slot of its date, written
 * once, makes its redelivery the same event.
 */
async function placePast(deps: ScheduleDeps, event: ScheduledEvent): Promise<Placement> {
  const nowMs = deps.clock.now()
  const moved = { ...event, slot: await deps.slotAt(nowMs, event.id) }
  if (slotEndMs(event.slot) > nowMs) return { park: event }
  const pointer: Outcome = {
    slot: event.slot,
    key: event.key,
    kind: 'moved',
    atMs: nowMs,
    reason: 'past due on arrival',
    next: { slot: moved.slot, key: moved.key },
  }
  return (await deps.table.concludeFirst(pointer)) ? { park: moved } : placeKnownOrPast(deps, event)
}

/** A failed or expired event that is published again gets another attempt. */
async function redrive(deps: ScheduleDeps, event: ScheduledEvent, { ref, outcome }: Standing): Promise<Placement> {
  const nowMs = deps.clock.now()
  const attempt = attemptOf(ref.key) + 1
  const next = { slot: await deps.slotAt(nowMs, event.id), key: eventKey(event.dueAtMs, event.id, attempt) }
  const retrying: Outcome = {
    ...ref,
    kind: 'retrying',
    atMs: nowMs,
    reason: `redriven after it ${outcome?.kind}`,
    attempts: attempt - 1,
    next,
  }
  const ours = await deps.table.concludeInstead(retrying, ['failed', 'expired'])
  return ours ? { park: { ...event, ...next, attempt } } : placeKnownOrPast(deps, event)
}

function hasExpired({ latestAtMs = Number.POSITIVE_INFINITY }: ScheduledEvent, nowMs: number): boolean {
  return latestAtMs < nowMs
}
