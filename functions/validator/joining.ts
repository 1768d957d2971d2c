import type { EventsTable } from '../../aws/events-table.ts'
import type { Clock } from '../../core/clock.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import { canJoin, chooseLane, isAwaited, isLate } from '../../core/lane.ts'
import type { Segment } from '../../core/segment.ts'
import { type Slot, slotEndMs } from '../../core/slot.ts'
import type { OpenedSlots } from '../opened-slots.ts'

export interface JoiningDeps {
  table: Pick<EventsTable, 'runnerRecord'>
  opened: Pick<OpenedSlots, 'openedAtMs'>
  clock: Clock
}

/**
 * Chooses an event's lane as it is about to be written, however long that took; of an event that is due too soon to be read
 * in its turn that of an emitter at work, if there is one.
 */
export type Join = (event: ScheduledEvent) => Promise<ScheduledEvent>

/**
 * What joins an emitter at work costs no execution and no claim: so what is late is delivered in bulk, at less than what is
 * on time costs, and a backlog does not grow by being one.
 */
export function joiningWith({ table, opened, clock }: JoiningDeps): Join {
  /** What is fixed once and for all: plans, by slot; those of slots that are over are forgotten. */
  const plans = new Map<Slot, Promise<readonly Segment[] | undefined>>()
  const read = async (slot: Slot) => {
    // What cannot be read now is not known now.
    const record = await table.runnerRecord(slot).catch(() => undefined)
    if (!record?.segments) plans.delete(slot)
    return record?.segments
  }
  const planOf = (slot: Slot) => {
    for (const other of plans.keys()) if (slotEndMs(other) <= clock.now()) plans.delete(other)
    const plan = plans.get(slot) ?? read(slot)
    plans.set(slot, plan)
    return plan
  }
  return async (accepted) => {
    const event = { ...accepted, lane: chooseLane(accepted.emitAtMs, accepted.slot, clock.now()) }
    if (event.lane !== 'express') return event
    const soon = { ...event, lane: 'soon' } as const
    if (canJoin(event, { openedAtMs: opened.openedAtMs(event.slot), nowMs: clock.now() })) return soon
    if (!isLate(event, clock.now())) return event
    const plan = (await planOf(event.slot)) ?? []
    return isAwaited(event, plan, clock.now()) ? soon : event
  }
}
