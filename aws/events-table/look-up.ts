import type { EventRef, ScheduledEvent } from '../../core/event.ts'
import type { Outcome } from '../../core/outcome.ts'
import { getAll } from './bulk.ts'
import { eventKeys, isEvent, toEvent } from './events.ts'
import { outcomeKeys, toOutcome } from './outcomes.ts'
import type { Table } from './table.ts'

/** What is known of some events. */
export interface Known {
  events: ScheduledEvent[]
  outcomes: Outcome[]
}

/** Events together with their outcomes. */
export function lookUps(table: Table) {
  return {
    /** Those of the events that are there, and those of their outcomes, in one request. */
    async lookUp(refs: readonly EventRef[]): Promise<Known> {
      const items = await getAll(table, [...eventKeys(refs), ...outcomeKeys(refs)])
      const events = items.filter(isEvent)
      return { events: events.map(toEvent), outcomes: items.filter((item) => !isEvent(item)).map(toOutcome) }
    },
  }
}
