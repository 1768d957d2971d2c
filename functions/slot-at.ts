import type { EventsTable } from '../aws/events-table.ts'
import { minuteOf, type Slot, slotOf } from '../core/slot.ts'

/** Minutes an instance remembers; when there are more it begins anew, which costs reads alone. */
const MAX_MINUTES = 10_000

export interface SlotAtDeps {
  table: Pick<EventsTable, 'shardsAt' | 'divideMinute'>
  /** The stack's setting: it divides the minutes that nobody has written into yet. */
  shards: number
}

/** The slot of event `id` in the minute that holds `atMs`. */
export type SlotAt = (atMs: number, id: string) => Promise<Slot>

/**
 * Finds slots by what the table says of their minutes. Who asks first for a minute divides it, by its own setting and for
 * good: so however settings change, and whoever runs with an older one, an event is looked for where it was parked.
 */
export function slotAtWith({ table, shards }: SlotAtDeps): SlotAt {
  const known = new Map<number, Promise<number>>()
  const ask = async (minuteMs: number) => (await table.shardsAt(minuteMs)) ?? table.divideMinute(minuteMs, shards)
  const shardsOf = (minuteMs: number): Promise<number> => {
    const answer = known.get(minuteMs) ?? ask(minuteMs)
    if (known.size >= MAX_MINUTES) known.clear()
    known.set(minuteMs, answer)
    answer.catch(() => known.delete(minuteMs))
    return answer
  }
  return async (atMs, id) => slotOf(atMs, id, await shardsOf(minuteOf(atMs)))
}
