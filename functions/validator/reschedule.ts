import { eventKey, type ScheduledEvent } from '../../core/event.ts'
import { whyTooLarge } from '../../core/event-size.ts'
import { placeInSlot } from '../../core/placement.ts'
import type { RescheduleRequest } from '../../core/request.ts'
import { MIN_LATEST_MS } from '../../core/timetable.ts'
import { follow } from '../../status/event-status.ts'
import { type CancelDeps, findSoon, type Refusal, stop } from './cancel.ts'

export interface RescheduleDeps extends CancelDeps {
  schedule: (events: readonly ScheduledEvent[]) => Promise<void>
}

/**
 * Moves an event to another date: cancels the old one, pointing to the new one, then schedules that. A redelivered
 * request finds the pointer and goes on from there.
 * @returns why it cannot be rescheduled, or undefined
 */
export function rescheduleWith(deps: RescheduleDeps) {
  return async (request: RescheduleRequest): Promise<Refusal | undefined> => {
    const { id, date, newDate, payload, target } = request
    const first = { slot: await deps.slotAt(date.atMs, id), key: eventKey(date.atMs, id, 1) }
    const { ref } = await follow(deps.table, first)
    const old = await findSoon(deps, ref)
    if (!old)
      return { code: 'EVENT_NOT_FOUND', error: `No event ${id} is scheduled for ${date.text}. Check id and date.` }
    if (old.latestAtMs !== undefined && old.latestAtMs - newDate.atMs < MIN_LATEST_MS)
      return {
        code: 'LATEST_INVALID',
        error: `The event must be delivered by ${old.latest}, less than ${MIN_LATEST_MS} ms after new_date ${newDate.text}. Cancel it and schedule another.`,
      }
    const rescheduled = placeInSlot(
      {
        ...old,
        payload: payload ?? old.payload,
        target: target ?? old.target,
        date: newDate.text,
        dueAtMs: newDate.atMs,
        acceptedAtMs: deps.clock.now(),
      },
      { slot: await deps.slotAt(newDate.atMs, id), nowMs: deps.clock.now() },
    )
    const tooLarge = whyTooLarge(rescheduled)
    if (tooLarge) return tooLarge
    const standing = await follow(deps.table, ref)
    const taken = standing.outcome?.kind === 'cancelled' ? [] : await deps.table.outcomesOf([rescheduled])
    if (taken[0])
      return {
        code: 'EVENT_ENDED',
        error: `An event ${id} for ${newDate.text} has been ${taken[0].kind} before. Give another new_date.`,
      }
    const refusal = await stop(deps, standing, {
      reason: `rescheduled to ${newDate.text}`,
      next: { slot: rescheduled.slot, key: rescheduled.key },
    })
    if (!refusal) await deps.schedule([rescheduled])
    return refusal
  }
}
