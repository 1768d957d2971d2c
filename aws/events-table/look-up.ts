import type { Clearing } from '../../core/clearing.ts'
import type { EventHead, EventRef } from '../../core/event.ts'
import type { Known } from '../../core/outcome.ts'
import { getAll } from './bulk.ts'
import { isEvent, refOf, toEvent, toHead } from './events.ts'
import { type Item, keysOf } from './items.ts'
import { outcomeIn, refOfOutcome } from './outcomes.ts'
import { clearingKey, clearingsIn, isClearing } from './own-ids.ts'
import { withPayloads } from './payloads.ts'
import { readEach } from './reading.ts'
import type { ReadableTable } from './table.ts'

const keyOf = ({ slot, key }: EventRef) => slot + key

/** What is known before events are written. */
export interface KnownBefore {
  /** The places at which something stands, an event or an outcome, whether it can be read or not. One may come twice. */
  places: EventRef[]
  /** The clearings of those of the ids that have one, by id. */
  clearings: Map<string, Clearing>
}

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
    /** What is known of places, and of ids that clients have given: in one request. */
    async knownBefore(refs: readonly EventRef[], ids: readonly string[]): Promise<KnownBefore> {
      const clearingKeys = [...new Set(ids)].map(clearingKey)
      const keys = [...keysOf('event', refs), ...keysOf('outcome', refs), ...clearingKeys]
      const items = await getAll(table, 'look for what is known', keys)
      const places = items.filter((item) => !isClearing(item)).map(placeOf)
      return { places, clearings: clearingsIn(items.filter(isClearing)) }
    },

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

/** The place that an event or an outcome is about. */
function placeOf(item: Item): EventRef {
  return isEvent(item) ? refOf(item) : refOfOutcome(item)
}
