import type { EventsTable } from '../../aws/events-table.ts'
import type { Runners } from '../../aws/runners.ts'
import type { Clock } from '../../core/clock.ts'
import { type Slot, slotStartMs, slotsOfMinute } from '../../core/slot.ts'
import { AUDIT_AFTER_MS, SLOT_MS } from '../../core/timetable.ts'
import { reopen } from '../open-slot.ts'
import { inGroups } from './in-groups.ts'
import type { Stretch } from './sweep.ts'

export interface AuditDeps {
  table: Pick<EventsTable, 'holdsEvents' | 'runnerRecord' | 'saveRun'>
  runners: Runners
  clock: Clock
}

export interface Audit {
  /** Slots that ended and are not settled yet. */
  unsettled: Slot[]
  /** Every slot before is settled or empty, epoch ms. */
  auditedUntilMs: number
  fault?: unknown
}

const MINUTES_AT_ONCE = 10

/** Opens again every slot that should be settled and is not. */
export async function audit(deps: AuditDeps, { fromMs, shards }: Stretch): Promise<Audit> {
  const endMs = deps.clock.now() - AUDIT_AFTER_MS
  const minutes = Array.from(
    { length: Math.max(0, Math.floor((endMs - fromMs) / SLOT_MS)) },
    (_, i) => fromMs + i * SLOT_MS,
  )
  const unsettled: Slot[] = []
  const { done, fault } = await inGroups(minutes, MINUTES_AT_ONCE, async (minuteMs) => {
    await Promise.all(
      slotsOfMinute(minuteMs, shards).map(async (slot) => {
        if (await reopenUnsettled(deps, slot)) unsettled.push(slot)
      }),
    )
  })
  unsettled.sort()
  const firstUnsettledMs = unsettled[0] ? slotStartMs(unsettled[0]) : Number.POSITIVE_INFINITY
  return { unsettled, auditedUntilMs: Math.min(fromMs + done * SLOT_MS, firstUnsettledMs), fault }
}

/** Opens a slot again if it is not settled and holds events. @returns whether that was so */
export async function reopenUnsettled({ table, runners }: Omit<AuditDeps, 'clock'>, slot: Slot): Promise<boolean> {
  const { settledAtMs, runs } = await table.runnerRecord(slot)
  if (settledAtMs !== undefined || !(await table.holdsEvents(slot))) return false
  await reopen({ table, runners }, slot, runs)
  return true
}
