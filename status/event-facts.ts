import { type EventHead, type EventRef, emitAtMsOf } from '../core/event.ts'
import { mayBeForgotten } from '../core/forgotten.ts'
import { hasEnded, type Outcome } from '../core/outcome.ts'
import type { Slot } from '../core/slot.ts'
import { CLOCK_SKEW_MS, LONGEST_WRITE_MS, SURE_MS } from '../core/timetable.ts'
import {
  type Chain,
  type ChainsTable,
  chainsFrom,
  headOf,
  isUnreadable,
  type Place,
  placesOf,
  standingOf,
} from './chains.ts'
import { type Deliveries, type DeliveriesTable, type Delivery, deliveriesOf, deliveryOf } from './deliveries.ts'
import { unreadableEvent } from './event-status.ts'
import type { Attempt, EventFacts } from './facts.ts'
import type { Status } from './status.ts'

export type EventFactsTable = ChainsTable & DeliveriesTable

/**
 * What became of one event.
 * @param ref its place in the slot of its date
 * @param nowMs epoch ms: of what is due later by more than clocks differ, nobody asks whether it was delivered
 * @throws SchedulerError `ITEM_UNREADABLE` if this version cannot read it where it stands, or its outcome
 */
export async function eventFacts(table: EventFactsTable, ref: EventRef, nowMs: number): Promise<EventFacts> {
  const [chain] = (await chainsFrom(table, await placesOf(table, [ref]))) as [Chain]
  if (isUnreadable(chain)) throw unreadableEvent(standingOf(chain).ref)
  const standing = standingOf(chain)
  const delivery = mayBeDelivered(standing, nowMs) ? await deliveryOf(table, standing.ref) : undefined
  return factsOf(chain, delivery, nowMs)
}

/** What became of several events, in their order. One that this version cannot read is told as `unknown`. */
export async function factsOfAll(
  table: EventFactsTable,
  first: readonly Place[],
  nowMs: number,
): Promise<EventFacts[]> {
  const chains = await chainsFrom(table, first)
  const asked = chains.map(standingOf).filter((place) => mayBeDelivered(place, nowMs))
  const deliveries = new Map<Slot, Deliveries>()
  for (const [slot, places] of Map.groupBy(asked, ({ ref }) => ref.slot)) {
    const keys = places.map(({ ref }) => ref.key)
    deliveries.set(slot, await deliveriesOf(table, slot, keys))
  }
  return chains.map((chain) => {
    const { slot, key } = standingOf(chain).ref
    return factsOf(chain, deliveries.get(slot)?.get(key), nowMs)
  })
}

/** What went out while its cancel was written is delivered. A cancel written well before was sure to be seen. */
function mayBeDelivered({ ref, event, outcome }: Place, nowMs: number): boolean {
  const emitAtMs = emitAtMsOf(ref.key)
  if (!event || emitAtMs > nowMs + CLOCK_SKEW_MS) return false
  return outcome?.kind === 'cancelled' ? emitAtMs - outcome.atMs < SURE_MS + LONGEST_WRITE_MS : !hasEnded(outcome)
}

function factsOf(chain: Chain, delivery: Delivery | undefined, nowMs: number): EventFacts {
  const { ref, outcome } = standingOf(chain)
  const [first] = chain
  const head = headOf(chain)
  const status = statusIn(chain, delivery, nowMs)
  return {
    id: first.ref.key.split('#')[1] as string,
    dueAtMs: emitAtMsOf(first.ref.key),
    status,
    ...ref,
    ...(head && toldOf(head)),
    attempts: chain.flatMap((place) => attemptIn(place)),
    nextAtMs: status === 'retrying' ? emitAtMsOf(ref.key) : undefined,
    ...(delivery ? deliveredAt(head, delivery) : hasEnded(outcome) ? endOf(outcome) : {}),
  }
}

function statusIn(chain: Chain, delivery: Delivery | undefined, nowMs: number): Status {
  const { ref, event, outcome } = standingOf(chain)
  if (isUnreadable(chain)) return 'unknown'
  if (delivery) return 'delivered'
  if (hasEnded(outcome)) return outcome.kind as Status
  const pointer = chain.at(-2)?.outcome
  if ((!event && !pointer) || mayBeForgotten(emitAtMsOf(ref.key), nowMs)) return 'unknown'
  // What its client asked for again begins anew.
  return pointer?.kind === 'retrying' && !pointer.publication ? 'retrying' : 'pending'
}

function toldOf({ date, acceptedAtMs, lane, target, user, failureTopic, latest, size }: EventHead) {
  return { date, acceptedAtMs, lane, target, user, failureTopic, latest, size }
}

/** A client that asks for an event again makes no attempt. */
function attemptIn({ outcome }: Place): Attempt[] {
  if (!outcome || outcome.publication || !['retrying', 'failed', 'expired'].includes(outcome.kind)) return []
  const { attempts = 0, atMs, code, reason = '' } = outcome
  return [{ attempt: attempts, atMs, code, error: reason }]
}

function deliveredAt(head: EventHead | undefined, { lateMs }: Delivery) {
  const sinceMs = Math.max(head?.dueAtMs ?? 0, head?.acceptedAtMs ?? 0)
  return { deliveredAtMs: lateMs === undefined ? undefined : sinceMs + lateMs, lateMs }
}

function endOf({ kind, atMs, code, reason, next }: Outcome) {
  const rescheduledToMs = kind === 'cancelled' && next ? emitAtMsOf(next.key) : undefined
  return { endedAtMs: atMs, code, reason, rescheduledToMs }
}
