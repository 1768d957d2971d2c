import type { EventRef } from '../../core/event.ts'
import type { Known } from '../../core/outcome.ts'
import { getAll } from './bulk.ts'
import { isEvent, toEvent } from './events.ts'
import { keysOf } from './items.ts'
import { toOutcome } from './outcomes.ts'
import type { ReadableTable } from './table.ts'

/** Events together with their outcomes. */
export function lookUps(table: ReadableTable) {
  return {
    /** Those of the events that are there, and those of their outcomes, in one request. */
    async lookUp(refs: readonly EventRef[]): Promise<Known> {
      const keys = [...keysOf('event', refs), ...keysOf('outcome', refs)]
      const items = await getAll(table, 'look up events', keys)
      const events = items.filter(isEvent)
      return { events: events.map(toEvent), outcomes: items.filter((item) => !isEvent(item)).map(toOutcome) }
    },
  }
}
