import type { EventHead, EventRef } from '../../core/event.ts'
import type { Known, Outcome } from '../../core/outcome.ts'
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
    return { there, heads, outcomes: items.filter((item) => !isEvent(item)).map(outcomeIn(table)) }
  }
  return {
    /** Those of the events that are there, and those of their outcomes: in one request, and another for large payloads. */
    async lookUp(refs: readonly EventRef[]): Promise<Known> {
      const { there, heads, outcomes } = await lookUpIn(refs)
      const readable = new Set(heads.map(keyOf))
      return {
        events: await wholeEvents(
          table,
          there.filter((item) => readable.has(keyOf(refOf(item)))),
        ),
        outcomes,
        unreadable: there.map(refOf).filter((ref) => !readable.has(keyOf(ref))),
      }
    },

    /** The same without payloads, at little cost; what cannot be read is left out. */
    async lookUpHeads(refs: readonly EventRef[]): Promise<{ events: EventHead[]; outcomes: Outcome[] }> {
      const { heads: events, outcomes } = await lookUpIn(refs)
      return { events, outcomes }
    },
  }
}
