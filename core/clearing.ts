import type { Publication } from './publication.ts'

/**
 * That everything under an id of a client's own is cancelled that was published before: by a cancel that names the id
 * alone, or by a schedule request that replaces what is there.
 */
export interface Clearing {
  /** Where in the order of all publishes about the id it stands, see `orderOf`. */
  order: string
  /** What was published before this is known to have been cancelled, or to be beyond cancelling, epoch ms; 0 at first. */
  doneMs: number
  /** When the last of these went out, as far as it was known to whoever has noted that, epoch ms; 0 if none did. */
  wentOutMs: number
  /** What the one of that order came too late for: the dates of these events, epoch ms, as its client is told. */
  left?: { order: string; dueAtMs: readonly number[] } | undefined
}

/** Where a publish stands among all of one id: by time, and within a millisecond by its MessageId. Sorts as text. */
export function orderOf({ atMs, messageId }: Publication): string {
  return `${String(atMs).padStart(15, '0')}#${messageId}`
}

/** The same of a cancel: it comes after everything else of its millisecond. A MessageId has no `~`. */
export function orderOfCancel({ atMs, messageId }: Publication): string {
  return orderOf({ atMs, messageId: `~${messageId}` })
}

/** Whether what was published has been cancelled together with all of its id. */
export function isCleared(publication: Publication | undefined, clearing: Clearing | undefined): boolean {
  return publication !== undefined && clearing !== undefined && orderOf(publication) < clearing.order
}

/** Whether whoever cancelled all of an id last came too late for what stood at a date, epoch ms. */
export function hasLeft(clearing: Clearing | undefined, dueAtMs: number): boolean {
  const left = clearing?.left
  return left !== undefined && left.order === clearing?.order && left.dueAtMs.includes(dueAtMs)
}

/** The publish that stands somewhere in the order. */
export function publicationAt(order: string): Publication {
  return { atMs: Number(order.slice(0, 15)), messageId: order.slice(16).replace('~', '') }
}
