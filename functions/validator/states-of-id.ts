import type { IndexedPlace } from '../../aws/events-table/own-ids.ts'
import type { EventsTable } from '../../aws/events-table.ts'
import type { Clock } from '../../core/clock.ts'
import type { EventRef } from '../../core/event.ts'
import { isOf } from '../../core/publication.ts'
import type { CancelRequest } from '../../core/request.ts'
import { CLOCK_SKEW_MS, OVERTAKEN_MS } from '../../core/timetable.ts'
import { type DeliveriesTable, deliveredAtMs, deliveryOf } from '../../status/deliveries.ts'
import { follow, type Standing, statusOf } from '../../status/event-status.ts'
import type { Status } from '../../status/status.ts'

export interface StatesOfIdDeps {
  table: DeliveriesTable & Pick<EventsTable, 'lookUp' | 'placesOfId'>
  clock: Clock
}

/** Who asks, and for which id. */
export type Asking = Pick<CancelRequest, 'id' | 'publication'>

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

/**
 * Waits for events that a request overtook: topics and queues do not keep order. A request that has been under way for
 * longer has overtaken nothing, so that a flood of requests about unknown events does not wait.
 * @returns whether it has waited
 */
export async function waitForOvertaken(
  { clock }: Pick<StatesOfIdDeps, 'clock'>,
  { publication }: Pick<Asking, 'publication'>,
): Promise<boolean> {
  const waitMs = Math.min(publication.atMs + OVERTAKEN_MS - clock.now(), OVERTAKEN_MS)
  if (waitMs > 0) await clock.sleep(waitMs)
  return waitMs > 0
}

/**
 * Waits for what another request is about to do: at least half a second, if this one was published just now by whatever
 * clock, and a second at most.
 * @returns whether it has waited
 */
export async function waitForOther(
  { clock }: Pick<StatesOfIdDeps, 'clock'>,
  { publication }: Pick<Asking, 'publication'>,
): Promise<boolean> {
  const leftMs = publication.atMs + OVERTAKEN_MS - clock.now()
  if (leftMs <= -CLOCK_SKEW_MS) return false
  await clock.sleep(Math.min(Math.max(leftMs, OVERTAKEN_MS / 2), OVERTAKEN_MS))
  return true
}
