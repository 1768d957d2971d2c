import type { EventsTable } from '../../aws/events-table.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import type { SlotAccount } from '../../status/slot-account.ts'
import { type RecordedDeliveryDeps, startRecordedDelivery } from '../delivery/recorded-delivery.ts'

export type DeliverOverdueDeps = RecordedDeliveryDeps & {
  table: RecordedDeliveryDeps['table'] & Pick<EventsTable, 'claim'>
}

/**
 * Emits events that are overdue, each claimed before.
 * @returns whether all of the events were ours to emit, and have ended
 */
export async function deliverOverdue(
  deps: DeliverOverdueDeps,
  events: readonly ScheduledEvent[],
  account: SlotAccount,
): Promise<boolean> {
  const [first] = events
  deps.log.warn('overdue events delivered by the settler', {
    slot: first?.slot,
    count: events.length,
    first: first?.id,
  })
  const by = `settle-${deps.random().toString(36).slice(2)}`
  const recorded = startRecordedDelivery(deps, 'settle', { by })
  let ours = 0
  try {
    await Promise.all(
      events.map(async (event) => {
        if (!(await deps.table.claim(event, by))) return
        recorded.delivery.hold([event])
        ours++
      }),
    )
  } finally {
    await recorded.finish()
  }
  let ended = 0
  for (const how of Object.keys(recorded.tally) as (keyof typeof recorded.tally)[]) {
    account.ended(how, recorded.tally[how])
    ended += recorded.tally[how]
  }
  return ours === events.length && ended === ours
}
