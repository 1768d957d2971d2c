import type { EventsTable } from '../../aws/events-table.ts'
import type { Runners } from '../../aws/runners.ts'
import type { Clock } from '../../core/clock.ts'
import { minuteOf, runnerInput, runnerName, type Slot, slotsOfMinute } from '../../core/slot.ts'
import { SLOT_MS, SWEEP_AHEAD_MS } from '../../core/timetable.ts'
import { inGroups } from './in-groups.ts'

export interface SweepDeps {
  table: Pick<EventsTable, 'holdsEvents'>
  runners: Runners
  clock: Clock
}

/** The minutes to look through: from an instant on, epoch ms, and how many slots each has. */
export interface Stretch {
  fromMs: number
  shards: number
}

export interface Sweep {
  /** How many slots were opened. */
  opened: number
  /** Every slot before has been opened if it held an event, epoch ms. */
  sweptUntilMs: number
  /** Why it got no further, if it did not get to its end. */
  fault?: unknown
}

/** Minutes swept side by side while catching up. */
const MINUTES_AT_ONCE = 10

/** Opens every slot that holds an event, from the watermark to three minutes ahead, however long ago the last sweep was. */
export async function sweep({ table, runners, clock }: SweepDeps, { fromMs, shards }: Stretch): Promise<Sweep> {
  const endMs = minuteOf(clock.now() + SWEEP_AHEAD_MS) + SLOT_MS
  const minutes = Array.from({ length: Math.max(0, (endMs - fromMs) / SLOT_MS) }, (_, i) => fromMs + i * SLOT_MS)
  let opened = 0
  const openIfHeld = async (slot: Slot) => {
    if (!(await table.holdsEvents(slot))) return
    // A runner that has ended already is the audit's business.
    if (await runners.start(runnerName(slot, 1), runnerInput(slot))) opened++
  }
  const sweepMinute = async (minuteMs: number) => {
    await Promise.all(slotsOfMinute(minuteMs, shards).map(openIfHeld))
  }
  const { done, fault } = await inGroups(minutes, MINUTES_AT_ONCE, sweepMinute)
  return { opened, sweptUntilMs: fromMs + done * SLOT_MS, fault }
}
