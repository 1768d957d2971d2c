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
 */
export async function deliverClaimed(
  deps: ClaimedDeliveryDeps,
  { writer, by, events, lookedAtMs, stillOurs }: ClaimedDelivery,
): Promise<Tally> {
  const { clock, table } = deps
  const validUntilMs = lookedAtMs + CLAIM_VALID_MS
  const ours = await claimAll(table, { by, events, stillOurs })
  const recorded = startRecordedDelivery(deps, writer, { by, needsClearance: true })
  recorded.delivery.hold(ours)
  recorded.delivery.clear(validUntilMs)
  const ended = new AbortController()
  void clock.sleep(validUntilMs + 1 - clock.now(), ended.signal).then(recorded.abandon)
  try {
    await recorded.finish()
  } finally {
    ended.abort('all are done with')
  }
  return recorded.tally
}

/**
 * Claims events, and gives back the claims of what is not to be published. When a request fails it gives them all back, so
 * that whoever is invoked next need not wait until they lapse.
 */
async function claimAll(
  table: ClaimedDeliveryDeps['table'],
  { by, events, stillOurs }: Pick<ClaimedDelivery, 'by' | 'events' | 'stillOurs'>,
): Promise<readonly ScheduledEvent[]> {
  const release = (some: readonly ScheduledEvent[]) => Promise.all(some.map((event) => table.release(event, by)))
  const claims = await Promise.allSettled(events.map((event) => table.claim(event, by)))
  try {
    const failed = claims.find((claim) => claim.status === 'rejected')
    if (failed) throw failed.reason
    const claimed = events.filter((_, i) => (claims[i] as PromiseFulfilledResult<boolean>).value)
    const ours = await stillOurs(claimed)
    const keys = new Set(ours.map(({ slot, key }) => slot + key))
    await release(claimed.filter(({ slot, key }) => !keys.has(slot + key)))
    return ours
  } catch (error) {
    // One that cannot be given back lapses.
    await release(events).catch(() => {})
    throw error
  }
}
