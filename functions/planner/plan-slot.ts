import type { EventsTable } from '../../aws/events-table.ts'
import { createCutter, type Segment, segmentsOf } from '../../core/segment.ts'
import { type Slot, settleAtMs, waitTimestamp } from '../../core/slot.ts'
import { EMITTER_LEAD_MS } from '../../core/timetable.ts'

export interface Plan {
  segments: (Segment & { wakeAt: string })[]
  settleAt: string
}

/** Cuts a slot into segments, once: a runner that is started again delivers the same ones. */
export function planSlotWith({
  table,
}: {
  table: Pick<EventsTable, 'runnerRecord' | 'saveSegments' | 'plannedEvents'>
}) {
  return async (slot: Slot): Promise<Plan> => {
    const { segments = await cut(table, slot) } = await table.runnerRecord(slot)
    return {
      segments: segments.map((segment) => ({ ...segment, wakeAt: waitTimestamp(segment.startMs - EMITTER_LEAD_MS) })),
      settleAt: waitTimestamp(settleAtMs(slot)),
    }
  }
}

async function cut(table: Pick<EventsTable, 'saveSegments' | 'plannedEvents'>, slot: Slot): Promise<Segment[]> {
  const cutter = createCutter()
  for await (const page of table.plannedEvents(slot)) for (const event of page) cutter.add(event)
  return table.saveSegments(slot, segmentsOf(slot, cutter.cuts()))
}
