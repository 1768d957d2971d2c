import type { EventsReader } from '../aws/events-table.ts'
import { SchedulerError } from '../core/errors.ts'
import { type EventRef, eventKey } from '../core/event.ts'
import { isId } from '../core/request-schema.ts'
import { show } from '../core/show.ts'
import { slotOf } from '../core/slot.ts'
import type { EventName } from './messages.ts'
import { toInstantMs } from './when.ts'

export type PlacesTable = Pick<EventsReader, 'shardsAt'>

/**
 * Where the event stands that a client names, or would stand: in the slot of its date.
 * @throws SchedulerError `ID_INVALID`, `DATE_INVALID`
 */
export async function placeOf(table: PlacesTable, event: EventName, nowMs: number): Promise<EventRef> {
  const { id, date } = typeof event === 'object' && event !== null ? event : { id: event, date: undefined }
  if (!isId(id)) throw new SchedulerError('ID_INVALID', `id ${show(id)} is not 1 to 64 of the characters A-Za-z0-9_-.`)
  if (date === undefined) throw new SchedulerError('DATE_INVALID', 'date is missing: give that of the event.')
  const dueAtMs = toInstantMs('date', date, nowMs)
  const shards = (await table.shardsAt(dueAtMs)) ?? 1
  return { slot: slotOf(dueAtMs, id, shards), key: eventKey(dueAtMs, id, 1) }
}
