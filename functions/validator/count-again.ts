import type { EventsTable } from '../../aws/events-table.ts'
import type { Clock } from '../../core/clock.ts'
import type { Standing } from '../../status/event-status.ts'
import { isLateFor, type OpenSlot } from '../open-slot.ts'

export interface CountAgainDeps {
  table: Pick<EventsTable, 'concludeInstead'>
  openSlot: OpenSlot
  clock: Clock
}

/**
 * Has the slot of a cancelled event settled again, whose message comes back: the event may have been written after its slot
 * was settled, by somebody who was cut off before the slot was opened again. Once is enough, which its outcome says.
 */
export async function countAgain(deps: CountAgainDeps, { event, outcome }: Standing): Promise<void> {
  if (!event || !outcome || outcome.counted || !isLateFor(event.slot, deps.clock.now())) return
  await deps.openSlot(event.slot)
  await deps.table.concludeInstead({ ...outcome, counted: true }, outcome)
}
