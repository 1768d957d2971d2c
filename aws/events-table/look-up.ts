import type { EventHead, EventRef } from '../../core/event.ts'
import type { Known } from '../../core/outcome.ts'
import { getAll } from './bulk.ts'
import { isEvent, refOf, toHead, wholeEvents } from './events.ts'
import { keysOf, readEach } from './items.ts'
import { outcomeIn } from './outcomes.ts'
import type { ReadableTable } from './table.ts'

/** Events together with their outcomes. */
export function lookUps(table: ReadableTable) {
  const keyOf = ({ slot, key }: EventRef) => slot + key
  const lookUpIn = async (refs: readonly EventRef[]) => {
    const keys = [...keysOf('event', refs), ...keysOf('outcome', refs)]
    const items = await getAll(table, 'look up events', keys)
    const there = items.filter(isEvent)
    const heads = readEach(table, there, toHead)
    const readable = new Set(heads.map(keyOf))
    return {
      there: there.filter((item) => readable.has(keyOf(refOf(item)))),
      heads,
      outcomes: items.filter((item) => !isEvent(item)).map(outcomeIn(table)),
      unreadable: there.map(refOf).filter((ref) => !readable.has(keyOf(ref))),
    }
  }
  return {
    /** Those of the events that are there, and those of their outcomes: in one request, and another for large payloads. */
    async lookUp(refs: readonly EventRef[]): Promise<Known> {
      const { there, outcomes, unreadable } = await lookUpIn(refs)
      return { events: await wholeEvents(table, there), outcomes, unreadable }
    },

    /** The same without payloads, at little cost. */
    async lookUpHeads(refs: readonly EventRef[]): Promise<Known<EventHead>> {
      const { heads: events, outcomes, unreadable } = await lookUpIn(refs)
      return { events, outcomes, unreadable }
    },
  }
}
