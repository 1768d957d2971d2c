import { randomUUID } from 'node:crypto'

/**
 * An id for an event that is yet to be scheduled: store it in a transaction of your own, schedule afterwards, and
 * schedule again whenever you are not sure. The same id and date are the same event, however often they are published.
 * @returns a UUID
 */
export function newId(): string {
  return randomUUID()
}
