import { toEvent } from '../../aws/events-table/events.ts'
import { type Item, PREFIX } from '../../aws/events-table/items.ts'
import { toOutcome } from '../../aws/events-table/outcomes.ts'
import { payloadKey } from '../../aws/events-table/payloads.ts'
import type { Clock } from '../../core/clock.ts'
import { LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import type { Outcome } from '../../core/outcome.ts'
import type { RunnerRecord } from '../../core/runner-record.ts'
import type { Slot } from '../../core/slot.ts'
import { copyOf } from './dynamodb/items.ts'
import type { Store } from './dynamodb/store.ts'

/** The loader's own items, how minutes are divided, and what stands under own ids belong to no slot. */
const NO_SLOT = /^(loader$|minutes#|id#)/

/** What tests and the judge see of a table without asking it: no request, no latency, no fault. */
export interface TableViews {
  /** All events of a slot, in key order. */
  eventsIn(slot: Slot): ScheduledEvent[]
  /** How many events a slot holds. */
  countEventsIn(slot: Slot): number
  /** What is recorded of a slot's delivery. */
  recordIn(slot: Slot): RunnerRecord
  /** All outcomes of a slot, in key order. */
  outcomesIn(slot: Slot): Outcome[]
  /** Names of the slots about which something is known, in order. */
  slots(): Slot[]
  /**
   * Deletes what has expired item by item, as the TTL does: each of them where `isDue` says so.
   * @returns the slots of which something was deleted
   */
  deleteExpired(isDue: (sk: string) => boolean): Slot[]
  /** Forgets the slots whose every fact has expired: the TTL removes facts within days, in no order. */
  forgetExpired(): void
}

export function viewsOf({ partitions }: Store, clock: Pick<Clock, 'now'>): TableViews {
  const visit = (slot: Slot, prefix: string, see: (item: Item) => void) =>
    partitions.get(slot)?.walk({ from: prefix, to: prefix + LAST_KEY }, ({ item }) => {
      see(item)
      return true
    })
  const itemsIn = (slot: Slot, prefix: string) => {
    const items: Item[] = []
    visit(slot, prefix, (item) => items.push(copyOf(item)))
    return items
  }
  const payloadOf = (slot: Slot, { sk, apart }: Item) => {
    if (apart === undefined) return {}
    const { sk: at } = payloadKey(slot, String(sk).slice(PREFIX.event.length), String(apart))
    return { payload: partitions.get(slot)?.get(at)?.item.payload }
  }
  const hasExpired = ({ expiresAt }: Item) => typeof expiresAt === 'number' && expiresAt * 1_000 <= clock.now()
  return {
    eventsIn: (slot) => itemsIn(slot, PREFIX.event).map((item) => toEvent({ ...item, ...payloadOf(slot, item) })),
    countEventsIn(slot) {
      let count = 0
      visit(slot, PREFIX.event, () => count++)
      return count
    },
    recordIn(slot) {
      const {
        segments,
        runs = 1,
        version = 0,
        settledAtMs,
        settlement,
      } = partitions.get(slot)?.get('runner')?.item ?? {}
      return copyOf({ segments, runs, version, settledAtMs, settlement }) as RunnerRecord
    },
    outcomesIn: (slot) => itemsIn(slot, PREFIX.outcome).map(toOutcome),
    slots: () => [...partitions.keys()].filter((slot) => !NO_SLOT.test(slot)).sort(),
    deleteExpired(isDue) {
      const decayed: Slot[] = []
      for (const [slot, items] of partitions) {
        const due = [...items.values()].filter(({ item }) => hasExpired(item) && isDue(String(item.sk)))
        for (const { item } of due) items.delete(String(item.sk))
        if (due.length > 0) decayed.push(slot)
        if (items.size === 0) partitions.delete(slot)
      }
      return decayed
    },
    forgetExpired() {
      for (const [slot, items] of partitions)
        if ([...items.values()].every(({ item }) => hasExpired(item))) partitions.delete(slot)
    },
  }
}
