import type { EventsReader } from '../aws/events-table.ts'
import type { EventRef, ScheduledEvent } from '../core/event.ts'
import { isFinal, type Outcome } from '../core/outcome.ts'
import type { Status } from './status.ts'

/** Where an event stands now, after all its retries and moves, and what is known of it there. */
export interface Standing {
  ref: EventRef
  event: ScheduledEvent | undefined
  outcome: Outcome | undefined
  /** Whether an outcome points here. The event goes on here then, though it may not have been parked yet. */
  isPointedTo: boolean
}

/** Follows an event from the slot of its date to where it stands now. */
export async function follow(
  table: Pick<EventsReader, 'lookUp'>,
  ref: EventRef,
  isPointedTo = false,
): Promise<Standing> {
  const {
    events: [event],
    outcomes: [outcome],
  } = await table.lookUp([ref])
  const goesOn = outcome?.kind === 'retrying' || outcome?.kind === 'moved'
  if (goesOn && outcome.next) return follow(table, outcome.next, true)
  return { ref, event, outcome, isPointedTo }
}

/** The status is derived: an outcome if there is one, else delivered if a checkpoint names it, else pending. */
export async function statusOf(
  table: Pick<EventsReader, 'isDelivered'>,
  { ref, event, outcome }: Standing,
): Promise<Status> {
  if (isFinal(outcome)) return outcome?.kind as Status
  if (!event) return 'unknown'
  return (await table.isDelivered(ref)) ? 'delivered' : 'pending'
}
