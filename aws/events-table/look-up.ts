import type { EventRef } from '../../core/event.ts'
import type { Known } from '../../core/outcome.ts'
import { getAll } from './bulk.ts'
import { isEvent, wholeEvents } from './events.ts'
import { keysOf } from './items.ts'
import { toOutcome } from './outcomes.ts'
import type { ReadableTable } from './table.ts'

/** Events together with their outcomes. */
export function lookUps(table: ReadableTable) {
  return {
    /** Those of the events that are there, and those of their outcomes: in one request, and another for large payloads. */
    async lookUp(refs: readonly EventRef[]): Promise<Known> {
      const keys = [...keysOf('event', refs), ...keysOf('outcome', refs)]
      const items = await getAll(table, 'look up events', keys)
      const events = await wholeEvents(table, items.filter(isEvent))
      return { events, outcomes: items.filter((item) => !isEvent(item)).map(toOutcome) }
    },
  }
}
