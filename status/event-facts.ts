import { type EventHead, type EventRef, emitAtMsOf } from '../core/event.ts'
import { hasEnded, type Outcome } from '../core/outcome.ts'
import type { Slot } from '../core/slot.ts'
import { type Chain, type ChainsTable, chainsFrom, headOf, type Place, placesOf, standingOf } from './chains.ts'
import { type DeliveriesTable, type Delivery, deliveriesOf, deliveryOf } from './deliveries.ts'
import type { Attempt, EventFacts } from './facts.ts'
import type { Status } from './status.ts'

export type EventFactsTable = ChainsTable & DeliveriesTable

/** What became of one event. @param ref its place in the slot of its date */
export async function eventFacts(table: EventFactsTable, ref: EventRef): Promise<EventFacts> {
  const [chain] = (await chainsFrom(table, await placesOf(table, [ref]))) as [Chain]
  const standing = standingOf(chain)
  return factsOf(chain, mayBeDelivered(standing) ? await deliveryOf(table, standing.ref) : undefined)
}

/**
 * What became of several events, in their order.
 * @param nowMs epoch ms: of what is due later by more than clocks differ, nobody asks whether it was delivered
 */
export async function factsOfAll(
  table: EventFactsTable,
  first: readonly Place[],
  nowMs: number,
): Promise<EventFacts[]> {
  const chains = await chainsFrom(table, first)
  const asked = chains.map(standingOf).filter((place) => mayBeDelivered(place) && emitAtMsOf(place.ref.key) <= nowMs)
  const deliveries = new Map<Slot, Map<string, Delivery>>()
  for (const [slot, places] of Map.groupBy(asked, ({ ref }) => ref.slot))
    deliveries.set(
      slot,
      await deliveriesOf(
        table,
        slot,
        places.map(({ ref }) => ref.key),
      ),
    )
  return chains.map((chain) => {
    const { slot, key } = standingOf(chain).ref
    return factsOf(chain, deliveries.get(slot)?.get(key))
  })
}

/** What went out while its cancel was written is delivered. */
function mayBeDelivered({ event, outcome }: Place): boolean {
  return event !== undefined && (!hasEnded(outcome) || outcome.kind === 'cancelled')
}

function factsOf(chain: Chain, delivery: Delivery | undefined): EventFacts {
  const { ref, outcome } = standingOf(chain)
  const [first] = chain
  const head = headOf(chain)
  const status = statusIn(chain, delivery)
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

function statusIn(chain: Chain, delivery: Delivery | undefined): Status {
  const { event, outcome } = standingOf(chain)
  if (delivery) return 'delivered'
  if (hasEnded(outcome)) return outcome.kind as Status
  const pointer = chain.at(-2)?.outcome
  if (!event && !pointer) return 'unknown'
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
