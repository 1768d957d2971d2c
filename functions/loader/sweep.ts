import type { EventsTable } from '../../aws/events-table.ts'
import type { Runners } from '../../aws/runners.ts'
import type { Clock } from '../../core/clock.ts'
import { minuteOf, runnerInput, runnerName, type Slot } from '../../core/slot.ts'
import { SLOT_MS, SWEEP_AHEAD_MS } from '../../core/timetable.ts'
import { type Stretch, throughSlots } from './through-slots.ts'

export interface SweepDeps {
  table: Pick<EventsTable, 'minutesBetween' | 'holdsEvents'>
  runners: Runners
  clock: Clock
}

/** Up to where an undisturbed sweep gets: three minutes ahead, epoch ms. */
export function sweepEndMs(nowMs: number): number {
  return minuteOf(nowMs + SWEEP_AHEAD_MS) + SLOT_MS
}

/**
 * Opens every slot that holds an event, from the watermark to three minutes ahead, however long ago the last sweep was.
 * @returns how many slots were opened
 */
export async function sweep({ table, runners, clock }: SweepDeps, stretch: Stretch): Promise<number> {
  let opened = 0
  await throughSlots({ table, clock }, { ...stretch, toMs: sweepEndMs(clock.now()) }, async (slot: Slot) => {
    if (!(await table.holdsEvents(slot))) return
    // A runner that has ended already is the audit's business.
    if (await runners.start(runnerName(slot, 1), runnerInput(slot))) opened++
  })
  return opened
}
