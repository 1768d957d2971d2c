import type { EventsTable } from '../../aws/events-table.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import { CLAIM_VALID_MS } from '../../core/timetable.ts'
import type { Tally } from './fate.ts'
import { type RecordedDeliveryDeps, startRecordedDelivery } from './recorded-delivery.ts'

export type ClaimedDeliveryDeps = RecordedDeliveryDeps & {
  table: RecordedDeliveryDeps['table'] & Pick<EventsTable, 'claim' | 'release'>
}

export interface ClaimedDelivery {
  writer: 'express' | 'settle'
  /** Who claims the events: one invocation, and no other. */
  by: string
  events: readonly ScheduledEvent[]
  /** Before it was looked which of them have been delivered, epoch ms. */
  lookedAtMs: number
  /**
   * Those of the claimed events that are still this function's to publish. It is asked when the claims stand: whoever
   * gets hold of an event later sees its claim.
   */
  stillOurs(claimed: readonly ScheduledEvent[]): Promise<readonly ScheduledEvent[]>
}

/**
 * Claims events, and delivers those it gets, as long as the claims are valid: counted from the look before them, since
 * whoever claimed and delivered an event after that look keeps it for longer. What is left then is for whoever claims it
 * next.
 * @throws what kept it from claiming some of the events, when the others are done with
 */
export async function deliverClaimed(
  deps: ClaimedDeliveryDeps,
  { writer, by, events, lookedAtMs, stillOurs }: ClaimedDelivery,
): Promise<Tally> {
  const { clock, table } = deps
  const validUntilMs = lookedAtMs + CLAIM_VALID_MS
  const { ours, fault, givenBack } = await claimAll(table, { by, events, stillOurs })
  const recorded = startRecordedDelivery(deps, writer, { by, needsClearance: true })
  recorded.delivery.hold(ours)
  recorded.delivery.clear(validUntilMs)
  const ended = new AbortController()
  void clock.sleep(validUntilMs + 1 - clock.now(), ended.signal).then(recorded.abandon)
  try {
    await recorded.finish()
  } finally {
    ended.abort('all are done with')
    await givenBack
  }
  if (fault) throw fault.reason
  return recorded.tally
}

interface Claims {
  /** The events to be published. */
  ours: readonly ScheduledEvent[]
  /** Why some could not be claimed: a request failed. */
  fault?: PromiseRejectedResult | undefined
  /** Resolves when the claims of the others are given back; never rejects: one that cannot be lapses. */
  givenBack: Promise<unknown>
}

/**
 * Claims events, and gives back the claims of what is not to be published, so that whoever is invoked next need not wait
 * until they lapse. A request that fails keeps none but its own event from going out: where the table takes less than is
 * asked of it, what it took counts.
 */
async function claimAll(
  table: ClaimedDeliveryDeps['table'],
  { by, events, stillOurs }: Pick<ClaimedDelivery, 'by' | 'events' | 'stillOurs'>,
): Promise<Claims> {
  const claims = await Promise.allSettled(events.map((event) => table.claim(event, by)))
  /** Undefined where it is not known: the request failed, and may have taken effect. */
  const answers = claims.map((claim) => (claim.status === 'fulfilled' ? claim.value : undefined))
  const claimed = events.filter((_, i) => answers[i])
  const [look] = await Promise.allSettled([stillOurs(claimed)])
  const ours = look.status === 'fulfilled' ? look.value : []
  const keys = new Set(ours.map(({ slot, key }) => slot + key))
  const others = events.filter(({ slot, key }, i) => answers[i] !== false && !keys.has(slot + key))
  return {
    ours,
    fault: [...claims, look].find((one) => one.status === 'rejected'),
    givenBack: Promise.allSettled(others.map((event) => table.release(event, by))),
  }
}
