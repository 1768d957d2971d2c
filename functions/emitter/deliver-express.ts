import type { EventsTable } from '../../aws/events-table.ts'
import type { EventRef, ScheduledEvent } from '../../core/event.ts'
import { isFinal, type Outcome } from '../../core/outcome.ts'
import { DOUBT_MS } from '../../core/timetable.ts'
import type { Tally } from '../delivery/fate.ts'
import { type RecordedDeliveryDeps, startRecordedDelivery } from '../delivery/recorded-delivery.ts'

export type DeliverExpressDeps = RecordedDeliveryDeps & {
  table: RecordedDeliveryDeps['table'] & Pick<EventsTable, 'lookUp' | 'claim' | 'isDelivered'>
}

/** Delivers single events that are due within seconds. An event is claimed first, because executions may be doubled. */
export function deliverExpressWith(deps: DeliverExpressDeps) {
  return async (execution: string, refs: readonly EventRef[]): Promise<Tally> => {
    const { events, outcomes } = await deps.table.lookUp(refs)
    const outcomeOf = new Map(outcomes.map((outcome) => [outcome.slot + outcome.key, outcome]))
    const recorded = startRecordedDelivery(deps, 'express', { by: execution })
    try {
      await Promise.all(
        events.map(async (event) => {
          const outcome = outcomeOf.get(event.slot + event.key)
          const free = await isFree(deps, { event, outcome }, execution)
          if (free && (await deps.table.claim(event, execution))) recorded.delivery.hold([event])
        }),
      )
    } finally {
      await recorded.finish()
    }
    return recorded.tally
  }
}

/** Whether nobody has delivered the event, as far as can be seen before it is claimed. */
async function isFree(
  { table, clock }: DeliverExpressDeps,
  { event, outcome }: { event: ScheduledEvent; outcome: Outcome | undefined },
  execution: string,
): Promise<boolean> {
  if (isFinal(outcome)) return false
  if (event.lane !== 'express' && outcome?.by !== execution) await clock.sleep(event.emitAtMs + DOUBT_MS - clock.now())
  // Whoever claimed it, this execution before a crash or another long ago, may have got as far as publishing.
  else if (!outcome) return true
  return !(await table.isDelivered(event))
}
