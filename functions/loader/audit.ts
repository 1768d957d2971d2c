import type { EventsTable } from '../../aws/events-table.ts'
import type { Clock } from '../../core/clock.ts'
import type { Slot } from '../../core/slot.ts'
import { AUDIT_AFTER_MS } from '../../core/timetable.ts'
import { type ReopenDeps, reopenFound } from './reopen.ts'
import { type Stretch, throughSlots } from './through-slots.ts'

export interface AuditDeps extends ReopenDeps {
  table: ReopenDeps['table'] & Pick<EventsTable, 'minutesBetween'>
  clock: Clock
}

/** Up to where everything should be settled, epoch ms. */
export function auditEndMs(nowMs: number): number {
  return nowMs - AUDIT_AFTER_MS
}

/** Opens again every slot that should be settled and is not, and adds it to `unsettled`, the ones that are known. */
export async function audit(deps: AuditDeps, stretch: Stretch, unsettled: Set<Slot>): Promise<void> {
  await throughSlots(deps, { ...stretch, toMs: auditEndMs(deps.clock.now()) }, async (slot) => {
    if (!unsettled.has(slot) && (await reopenFound(deps, slot))) unsettled.add(slot)
  })
}
