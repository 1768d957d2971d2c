import type { IndexedPlace } from '../../aws/events-table/own-ids.ts'
import type { EventsTable } from '../../aws/events-table.ts'
import type { Clock } from '../../core/clock.ts'
import type { EventRef } from '../../core/event.ts'
import { isOf } from '../../core/publication.ts'
import { type DeliveriesTable, deliveredAtMs, deliveryOf } from '../../status/deliveries.ts'
import { follow, type Standing, statusOf } from '../../status/event-status.ts'
import type { Status } from '../../status/status.ts'
import type { Asking } from './leasing.ts'

export interface StatesOfIdDeps {
  table: DeliveriesTable & Pick<EventsTable, 'lookUp' | 'placesOfId'>
  clock: Clock
}

/** One of an id's events. */
export interface StateOfId {
  /** Its place in the slot of its date. */
  ref: EventRef
  /** When the first who asked for it since was published, epoch ms. */
  publishedAtMs: number
  standing: Standing
  status: Status
}

/**
 * Where the events of an id stand that were published until a request was, but for those that the request has placed itself.
 * @param sinceMs only those published from then on, epoch ms
 */
export async function statesOfId(
  { table, clock }: StatesOfIdDeps,
  { id, publication }: Asking,
  sinceMs = 0,
): Promise<StateOfId[]> {
  const places = new Map<string, IndexedPlace>()
  for await (const page of table.placesOfId(id, sinceMs))
    for (const place of page)
      if (place.publishedAtMs <= publication.atMs && !places.has(place.ref.key)) places.set(place.ref.key, place)
  const states = await Promise.all(
    [...places.values()].map(async (place) => {
      const standing = await follow(table, place.ref)
      return { ...place, standing, status: await statusOf(table, standing, clock.now()) }
    }),
  )
  return states.filter(({ standing }) => !isOf(publication, standing.event))
}

/** When an event that was delivered went out, epoch ms; 0 if that is not known any more. */
export async function wentOutAtMs(table: DeliveriesTable, { ref, event }: Standing): Promise<number> {
  const delivery = await deliveryOf(table, ref)
  return event && delivery ? deliveredAtMs(event, delivery) : 0
}
