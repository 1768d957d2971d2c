import type { EventsReader } from '../aws/events-table.ts'
import { SchedulerError } from '../core/errors.ts'
import { type EventRef, eventKey } from '../core/event.ts'
import { isId } from '../core/request-schema.ts'
import { show } from '../core/show.ts'
import { slotOf } from '../core/slot.ts'
import { placesOf } from '../status/chains.ts'
import { type EventFactsTable, factsOfAll } from '../status/event-facts.ts'
import type { Status } from '../status/status.ts'
import type { EventName } from './messages.ts'
import { toInstantMs } from './when.ts'

export type PlacesTable = EventFactsTable & Pick<EventsReader, 'shardsAt' | 'placesOfId'>

/** Most events of one id among which the one is looked for that is meant: the last that were published. */
const LAST_OF_ID = 100

/** What finding an event takes besides its name. */
export interface Meant {
  /** Which is meant, of several under one id: the next that is due of these, or else the last that was published. */
  prefer: readonly Status[]
  nowMs: number
}

/**
 * Where the event stands that a client names, or would stand: in the slot of its date.
 * @throws SchedulerError `ID_INVALID`, `DATE_INVALID`; `EVENT_NOT_FOUND` for an id alone under which none is known
 */
export async function placeOf(table: PlacesTable, event: EventName, meant: Meant): Promise<EventRef> {
  const { id, date } = typeof event === 'object' && event !== null ? event : { id: event, date: undefined }
  if (!isId(id)) throw new SchedulerError('ID_INVALID', `id ${show(id)} is not 1 to 64 of the characters A-Za-z0-9_-.`)
  if (date === undefined) return placeOfId(table, id, meant)
  const dueAtMs = toInstantMs('date', date, meant.nowMs)
  const shards = (await table.shardsAt(dueAtMs)) ?? 1
  return { slot: slotOf(dueAtMs, id, shards), key: eventKey(dueAtMs, id, 1) }
}

async function placeOfId(table: PlacesTable, id: string, { prefer, nowMs }: Meant): Promise<EventRef> {
  const refs = new Map<string, EventRef>()
  for await (const page of table.placesOfId(id)) for (const { ref } of page) refs.set(ref.slot + ref.key, ref)
  const last = [...refs.values()].slice(-LAST_OF_ID)
  const facts = await factsOfAll(table, await placesOf(table, last), nowMs)
  const preferred = last.filter((_, i) => prefer.includes(facts[i]?.status as Status))
  const found = preferred.toSorted((one, other) => (one.key < other.key ? -1 : 1))[0] ?? last.at(-1)
  if (found) return found
  throw new SchedulerError(
    'EVENT_NOT_FOUND',
    `No event is known under id ${show(id)}. Give its date, too, if its id was not given by its client, or if the stack keeps no index.`,
  )
}
