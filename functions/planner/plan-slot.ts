import type { EventsTable } from '../../aws/events-table.ts'
import type { Log } from '../../aws/log.ts'
import type { Clock } from '../../core/clock.ts'
import { FIRST_KEY } from '../../core/event.ts'
import { createCutter, evenCuts, type Segment, segmentsOf } from '../../core/segment.ts'
import { type Slot, settleAtMs, waitTimestamp } from '../../core/slot.ts'
import { EMITTER_LEAD_MS, PLAN_FOR_MS } from '../../core/timetable.ts'

export interface Plan {
  segments: (Segment & { wakeAt: string })[]
  settleAt: string
}

export interface PlanSlotDeps {
  table: Pick<EventsTable, 'runnerRecord' | 'saveSegments' | 'plannedEvents'>
  clock: Clock
  log: Log
}

/** Cuts a slot into segments, once: a runner that is started again delivers the same ones. */
export function planSlotWith(deps: PlanSlotDeps) {
  return async (slot: Slot): Promise<Plan> => {
    const { segments = await cut(deps, slot) } = await deps.table.runnerRecord(slot)
    return {
      segments: segments.map((segment) => ({ ...segment, wakeAt: waitTimestamp(segment.startMs - EMITTER_LEAD_MS) })),
      settleAt: waitTimestamp(settleAtMs(slot)),
    }
  }
}

/** What could not be read in time is cut evenly: to be punctual matters more than to be cut well. */
async function cut({ table, clock, log }: PlanSlotDeps, slot: Slot): Promise<Segment[]> {
  const cutter = createCutter()
  let readUpTo = FIRST_KEY
  const isWhole = await forEachInTime(clock, table.plannedEvents(slot), (page) => {
    for (const event of page) cutter.add(event)
    readUpTo = page.at(-1)?.key ?? readUpTo
  })
  const cuts = cutter.cuts()
  if (!isWhole) {
    log.warn('slot too large to be read in time, the rest is cut evenly', { slot, readUpTo })
    cuts.push(...evenCuts(slot, { from: readUpTo, besides: cuts.length }))
  }
  return table.saveSegments(slot, segmentsOf(slot, cuts))
}

/** Takes page after page, until there is none or time is over, even within a read. @returns whether it has seen all */
async function forEachInTime<T>(clock: Clock, pages: AsyncGenerator<T>, take: (page: T) => void): Promise<boolean> {
  const done = new AbortController()
  const over = clock.sleep(PLAN_FOR_MS, done.signal).then(() => 'over' as const)
  try {
    for (;;) {
      const next = await Promise.race([pages.next(), over])
      if (next === 'over') return false
      if (next.done) return true
      take(next.value)
    }
  } finally {
    done.abort()
  }
}
