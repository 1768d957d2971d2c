import type { EventsReader } from '../aws/events-table.ts'
import { LAST_KEY } from '../core/event.ts'
import type { Slot } from '../core/slot.ts'

/** Most keys of a window, give or take a page: they are held in memory, 8 MB by measurement. */
export const WINDOW_KEYS = 100_000

/** A stretch of a slot's keys that is counted at once. */
export interface AccountWindow {
  /** Its lower bound, inclusive. */
  from: string
  /** Its upper bound, exclusive: where the next one begins; after the last key if there is none. */
  to: string
  /** Its first and its last key; undefined where it has none. */
  span?: { first: string; last: string } | undefined
  /** Those of its keys of which nobody has said yet what became of them. */
  open: Set<string>
}

/** Reads the keys of the next window: as many as fit in memory, or until `isOver`, then at least a page. */
export async function readWindow(
  table: Pick<EventsReader, 'keysBetween'>,
  slot: Slot,
  { from, isOver }: { from: string; isOver: () => boolean },
): Promise<AccountWindow> {
  const open = new Set<string>()
  let span: AccountWindow['span']
  for await (const page of table.keysBetween(slot, from, LAST_KEY)) {
    const last = page.at(-1)
    if (last === undefined) continue
    span = { first: span?.first ?? (page[0] as string), last }
    for (const key of page) open.add(key)
    if (open.size >= WINDOW_KEYS || isOver()) return { from, to: after(last), span, open }
  }
  return { from, to: LAST_KEY, span, open }
}

/** Sorts after the key and before every other: a space is less than whatever keys are made of. */
function after(key: string): string {
  return `${key} `
}
