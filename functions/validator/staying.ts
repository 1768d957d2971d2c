import type { EventsTable } from '../../aws/events-table.ts'
import type { Clock } from '../../core/clock.ts'
import { SchedulerError } from '../../core/errors.ts'
import { asLastAsked, type EventRef, type ScheduledEvent } from '../../core/event.ts'
import { chooseLane } from '../../core/lane.ts'
import { hasMovedOnAlone } from '../../core/outcome.ts'
import { isOf } from '../../core/publication.ts'
import type { Refusal } from '../../core/refusal.ts'
import type { RescheduleRequest } from '../../core/request.ts'
import { isRepetition, type Standing } from '../../status/event-status.ts'
import type { SlotAt } from '../slot-at.ts'
import { nextTurn } from './next-turn.ts'
import { whyTaken } from './refusal.ts'
import type { Schedule } from './schedule.ts'

export interface StayingDeps {
  table: Pick<EventsTable, 'lookUp' | 'concludeInstead'>
  clock: Clock
  slotAt: SlotAt
  schedule: Schedule
}

/**
 * Takes back that an event was stopped: it goes on at the next turn of its old date, as it was, with the publish that asked
 * for it last, so that whoever has stopped it meanwhile, has, and who has asked for it again since gets it.
 */
export async function stay(
  deps: StayingDeps,
  { ref, event: before }: Standing & { event: ScheduledEvent },
  { publication, newDate }: RescheduleRequest,
): Promise<void> {
  const { table, clock } = deps
  const {
    events: [event = before],
    outcomes: [stopped],
  } = await table.lookUp([ref])
  if (!stopped || !isOf(publication, stopped)) return
  const next = await nextTurn(deps, event, { ref })
  const reason = `stays, because ${newDate.text} was taken`
  const asItWas = { asItWas: true, attempts: event.attempt - 1, untold: event.untold } as const
  const back = { ...ref, ...asItWas, kind: 'moved', atMs: clock.now(), reason, publication, next } as const
  if (await table.concludeInstead(back, stopped)) await parkAt(deps, event, next)
}

async function parkAt({ schedule, clock }: StayingDeps, event: ScheduledEvent, { slot, key }: EventRef) {
  const [fault] = await schedule([
    { ...asLastAsked(event), slot, key, lane: chooseLane(event.emitAtMs, slot, clock.now()) },
  ])
  if (fault instanceof SchedulerError) throw fault
}

/**
 * Whether a request has been refused before, and its event was to stay where it was: there or, where that minute was over
 * before the event was written, in a later one.
 */
export function isStaying(standing: Standing, { publication }: RescheduleRequest): boolean {
  const { pointer, outcome, content } = standing
  if (!pointer || outcome) return false
  if (pointer.asItWas && isOf(publication, pointer)) return true
  return isRepetition(standing, publication) && hasMovedOnAlone(pointer) && isOf(content?.publication, pointer)
}

/** A request that was refused is refused again; its event is seen to, if that was cut off. */
export async function goOnStaying(
  deps: StayingDeps,
  { event, content, ref }: Standing,
  request: RescheduleRequest,
): Promise<Refusal> {
  if (!event && content) await parkAt(deps, content, ref)
  return whyTaken({ id: request.id, date: request.newDate.text })
}
