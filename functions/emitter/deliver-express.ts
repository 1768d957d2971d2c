import type { EventsTable } from '../../aws/events-table.ts'
import type { EventRef, ScheduledEvent } from '../../core/event.ts'
import { isFinal, type Outcome } from '../../core/outcome.ts'
import { type DeliveriesTable, deliveryOf } from '../../status/deliveries.ts'
import { type ClaimedDeliveryDeps, deliverClaimed } from '../delivery/claimed-delivery.ts'
import type { Tally } from '../delivery/fate.ts'

export type DeliverExpressDeps = ClaimedDeliveryDeps & {
  table: ClaimedDeliveryDeps['table'] & DeliveriesTable & Pick<EventsTable, 'lookUp' | 'find'>
}

/**
 * Delivers single events that are due within seconds. An event is claimed first, because executions may be doubled: each
 * invocation claims for itself, as two can be at work for one execution.
 */
export function deliverExpressWith(deps: DeliverExpressDeps) {
  const { table } = deps
  return async (execution: string, refs: readonly EventRef[]): Promise<Tally> => {
    const lookedAtMs = deps.clock.now()
    const { events, outcomes } = await table.lookUp(refs)
    const outcomeOf = new Map(outcomes.map((outcome) => [outcome.slot + outcome.key, outcome]))
    const areFree = await Promise.all(
      events.map((event) => isFree(table, event, outcomeOf.get(event.slot + event.key))),
    )
    return deliverClaimed(deps, {
      writer: 'express',
      by: `${execution}-${deps.random().toString(36).slice(2)}`,
      events: events.filter((_, i) => areFree[i]),
      lookedAtMs,
      // A slow write of the same event, begun while it was its runner's, may have given it back.
      stillOurs: async (claimed) => (await table.find(claimed)).filter(isExpress),
    })
  }
}

const isExpress = ({ lane }: ScheduledEvent) => lane === 'express'

/** Whether the event is the express lane's and nobody has delivered it, as far as can be seen before it is claimed. */
async function isFree(
  table: DeliverExpressDeps['table'],
  event: ScheduledEvent,
  outcome: Outcome | undefined,
): Promise<boolean> {
  if (!isExpress(event) || isFinal(outcome)) return false
  // Whoever claimed it before may have got as far as publishing.
  return !outcome || !(await deliveryOf(table, event))
}
