import type { EventRef } from '../../core/event.ts'
import type { Known } from '../../core/outcome.ts'
import { getAll } from './bulk.ts'
import { eventKeyOf, isEvent, toEvent } from './events.ts'
import { type Item, keysOf, readEach } from './items.ts'
import { outcomeIn } from './outcomes.ts'
import type { ReadableTable } from './table.ts'

/** Events together with their outcomes. */
export function lookUps(table: ReadableTable) {
  return {
    /** Those of the events that are there, and those of their outcomes, in one request. */
    async lookUp(refs: readonly EventRef[]): Promise<Known> {
      const keys = [...keysOf('event', refs), ...keysOf('outcome', refs)]
      const items = await getAll(table, 'look up events', keys)
      const there = items.filter(isEvent)
      const events = readEach(table, there, toEvent)
      return {
        events,
        outcomes: items.filter((item) => !isEvent(item)).map(outcomeIn(table)),
        unreadable: there
          .map(refOf)
          .filter(({ slot, key }) => !events.some((one) => one.slot === slot && one.key === key)),
      }
    },
  }
}

function refOf(item: Item): EventRef {
  return { slot: String(item.pk), key: eventKeyOf(item) }
}
