import type { EventHead, EventRef } from '../../core/event.ts'
import type { Known } from '../../core/outcome.ts'
import { getAll } from './bulk.ts'
import { isEvent, refOf, toEvent, toHead } from './events.ts'
import { type Item, keysOf } from './items.ts'
import { outcomeIn } from './outcomes.ts'
import { withPayloads } from './payloads.ts'
import { readEach } from './reading.ts'
import type { ReadableTable } from './table.ts'

const keyOf = ({ slot, key }: EventRef) => slot + key

/** Events together with their outcomes. */
export function lookUps(table: ReadableTable) {
  const lookUpIn = async (refs: readonly EventRef[]) => {
    const items = await getAll(table, 'look up events', [...keysOf('event', refs), ...keysOf('outcome', refs)])
    const there = items.filter(isEvent)
    return { there, outcomes: items.filter((item) => !isEvent(item)).map(outcomeIn(table)) }
  }
  /** Where those stand that cannot be read. */
  const without = (there: readonly Item[], readable: readonly EventRef[]) => {
    const keys = new Set(readable.map(keyOf))
    return there.map(refOf).filter((ref) => !keys.has(keyOf(ref)))
  }
  return {
    /** Those of the events that are there, and those of their outcomes: in one request, and another for large payloads. */
    async lookUp(refs: readonly EventRef[]): Promise<Known> {
      const { there, outcomes } = await lookUpIn(refs)
      const whole = await withPayloads(table, there)
      const events = readEach(table, whole, toEvent)
      // One whose payload is missing can be read for all that.
      const found = new Set(whole.map(refOf).map(keyOf))
      const bare = there.filter((item) => !found.has(keyOf(refOf(item))))
      return { events, outcomes, unreadable: without(there, [...events, ...readEach(table, bare, toHead)]) }
    },

    /** The same without payloads, at little cost. */
    async lookUpHeads(refs: readonly EventRef[]): Promise<Known<EventHead>> {
      const { there, outcomes } = await lookUpIn(refs)
      const events = readEach(table, there, toHead)
      return { events, outcomes, unreadable: without(there, events) }
    },
  }
}
