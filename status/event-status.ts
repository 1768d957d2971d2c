import type { EventsTable } from '../aws/events-table.ts'
import type { EventRef, ScheduledEvent } from '../core/event.ts'
import { isFinal, type Outcome } from '../core/outcome.ts'

/** Where an event stands now, after all its retries. */
export interface Trace {
  ref: EventRef
  event: ScheduledEvent | undefined
  outcome: Outcome | undefined
}

/** Follows an event from the slot of its date to where it stands now. */
export async function follow(table: Pick<EventsTable, 'lookUp'>, ref: EventRef): Promise<Trace> {
  const {
    events: [event],
    outcomes: [outcome],
  } = await table.lookUp([ref])
  const goesOn = outcome?.kind === 'retrying' || outcome?.kind === 'moved'
  if (goesOn && outcome.next) return follow(table, outcome.next)
  return { ref, event, outcome }
}

/** What a client may want to know of its event. */
export type Status = 'unknown' | 'pending' | 'delivered' | 'failed' | 'cancelled' | 'expired'

/** The status is derived: an outcome if there is one, else delivered if a checkpoint names it, else pending. */
export async function statusOf(
  table: Pick<EventsTable, 'isDelivered'>,
  { ref, event, outcome }: Trace,
): Promise<Status> {
  if (isFinal(outcome)) return outcome?.kind as Status
  if (!event) return 'unknown'
  return (await table.isDelivered(ref)) ? 'delivered' : 'pending'
}
