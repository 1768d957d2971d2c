import type { EventsTable } from '../../aws/events-table.ts'
import type { Clock } from '../../core/clock.ts'
import type { Slot } from '../../core/slot.ts'
import { TAKE_OVER_MS } from '../../core/timetable.ts'

export interface OwnershipDeps {
  table: Pick<EventsTable, 'takeSegment' | 'incarnationOf'>
  clock: Clock
}

/** The right to publish the events of a segment that are its runner's: of those who took it the last one has it. */
export interface Ownership {
  /** How many have taken the segment, this one included. */
  incarnation: number
  /** Looks whether somebody has taken it since. */
  isLost(): Promise<boolean>
}

/**
 * Takes a segment. If it had an owner, waits until that one, if it still lives, has noticed: what it has published can be
 * read from then on.
 */
export async function takeOver({ table, clock }: OwnershipDeps, slot: Slot, segment: number): Promise<Ownership> {
  const incarnation = await table.takeSegment(slot, segment)
  if (incarnation > 1) await clock.sleep(TAKE_OVER_MS)
  return { incarnation, isLost: async () => (await table.incarnationOf(slot, segment)) > incarnation }
}
