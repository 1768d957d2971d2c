import type { EventsTable } from '../aws/events-table.ts'
import type { Runners } from '../aws/runners.ts'
import type { Clock } from '../core/clock.ts'
import { SchedulerError } from '../core/errors.ts'
import { runnerInput, runnerName, type Slot, settleAtMs } from '../core/slot.ts'
import { SETTLE_MARGIN_MS } from '../core/timetable.ts'
import { foundUnsettled, openedAgain } from '../core/unsettled-slot.ts'
import { type OpenedSlots, openedSlots } from './opened-slots.ts'

/** Runners of one slot tried in one go before it is called a fault. */
const MAX_RUNS_AHEAD = 100

export interface OpenSlotDeps {
  table: Pick<EventsTable, 'unsettle' | 'saveRun' | 'saveUnsettled'>
  runners: Runners
  clock: Clock
  /** What this instance has opened: shared where others ask for it, too. */
  opened?: OpenedSlots
}

export type OpenSlot = (slot: Slot) => Promise<void>

/** Whether a slot is over, or nearly: it may have been settled. */
export function isLateFor(slot: Slot, nowMs: number): boolean {
  return nowMs >= settleAtMs(slot) - SETTLE_MARGIN_MS
}

/**
 * Makes sure that a runner will settle every event that was parked in a slot before the call. Opening a slot twice is
 * harmless. A slot that is over, or nearly, is unsettled and opened again.
 */
export function openSlotWith({ table, runners, clock, opened = openedSlots(clock) }: OpenSlotDeps): OpenSlot {
  return async (slot) => {
    const late = isLateFor(slot, clock.now())
    if (!late && opened.openedAtMs(slot) !== undefined) return
    if (!late && (await runners.start(runnerName(slot, 1), runnerInput(slot)))) return opened.remember(slot)
    // First, so that after a crash in between there is somebody who will look; not at once: it may still be called settled.
    const nowMs = clock.now()
    await table.saveUnsettled(openedAgain(foundUnsettled(slot, nowMs), nowMs))
    const { runs } = await table.unsettle(slot)
    await reopen({ table, runners }, slot, runs)
  }
}

/** Starts the slot's next runner, unless the last one still runs. @returns the number of the runner that runs now */
export async function reopen(
  { table, runners }: Pick<OpenSlotDeps, 'runners'> & { table: Pick<EventsTable, 'saveRun'> },
  slot: Slot,
  runs: number,
): Promise<number> {
  for (let run = runs; run < runs + MAX_RUNS_AHEAD; run++) {
    if (!(await runners.start(runnerName(slot, run), runnerInput(slot)))) continue
    if (run > runs) await table.saveRun(slot, run)
    return run
  }
  throw new SchedulerError(
    'SLOT_NOT_OPENED',
    `Runners ${runs} to ${runs + MAX_RUNS_AHEAD - 1} of slot ${slot} have all ended. Look at their executions.`,
  )
}
