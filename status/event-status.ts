import type { EventsReader } from '../aws/events-table.ts'
import { SchedulerError } from '../core/errors.ts'
import { type EventRef, emitAtMsOf, lastAsked, type ScheduledEvent } from '../core/event.ts'
import { mayBeForgotten } from '../core/forgotten.ts'
import { hasEnded, hasMovedOnAlone, type Outcome } from '../core/outcome.ts'
import { isLater, type Publication } from '../core/publication.ts'
import { type DeliveriesTable, deliveryOf } from './deliveries.ts'
import type { Status } from './status.ts'

/** Where an event stands now, after all its retries and moves, and what is known of it there. */
export interface Standing {
  ref: EventRef
  event: ScheduledEvent | undefined
  outcome: Outcome | undefined
  /** What pointed here, if something did. The event goes on here then, though it may not have been parked yet. */
  pointer: Outcome | undefined
  /** The event as it was parked last on the way here: what it delivers. */
  content: ScheduledEvent | undefined
  /** MessageIds of the publishes that have had a part in it. */
  messageIds: ReadonlySet<string>
  /** The last publish that asked for it, wherever it stood then: since a client last had it go on. */
  asked: Publication | undefined
}

/**
 * Follows an event from the slot of its date to where it stands now.
 * @throws SchedulerError `ITEM_UNREADABLE` if this version cannot read it there, or its outcome
 */
export async function follow(
  table: Pick<EventsReader, 'lookUp'>,
  { slot, key }: EventRef,
  before?: Pick<Standing, 'pointer' | 'content' | 'messageIds' | 'asked'>,
): Promise<Standing> {
  const ref = { slot, key }
  const {
    events: [event],
    outcomes: [outcome],
    unreadable,
  } = await table.lookUp([ref])
  if (unreadable.length > 0 || outcome?.kind === 'unreadable') throw unreadableEvent(ref)
  // One that was written where nobody stood when another went on from there, has no part in that one either.
  const hadIts = hasMovedOnAlone(outcome) ? undefined : event?.publication?.messageId
  const had = [hadIts, outcome?.publication?.messageId].filter((id) => id !== undefined)
  // Whoever took this place, and found another in it, has had no part in that one.
  const ousted = event?.publication && before?.pointer?.publication?.messageId
  const earlier = [...(before?.messageIds ?? [])].filter((id) => id !== ousted)
  const messageIds = new Set([...earlier, ...had])
  const content = event ?? before?.content
  // Whoever had read it where it stood does not know that it was asked for again there.
  const asked = lastOf(before?.pointer?.publication ? undefined : before?.asked, event && lastAsked(event))
  const goesOn = outcome?.kind === 'retrying' || outcome?.kind === 'moved'
  if (goesOn && outcome.next) return follow(table, outcome.next, { pointer: outcome, content, messageIds, asked })
  return { ref, event, outcome, pointer: before?.pointer, content, messageIds, asked }
}

function lastOf(one: Publication | undefined, other: Publication | undefined): Publication | undefined {
  return one && other && isLater(one, { publication: other }) ? one : (other ?? one)
}

/** Whether an event goes on at a place to which it has not come yet: whoever decided on that is about to park it there, or has crashed. */
export function isUnderWay({ event, outcome, pointer }: Standing): boolean {
  return pointer !== undefined && event === undefined && outcome === undefined
}

/** What is thrown where an event cannot be read, or its outcome. */
export function unreadableEvent({ slot, key }: EventRef): SchedulerError {
  return new SchedulerError(
    'ITEM_UNREADABLE',
    `Event ${key} of slot ${slot}, or its outcome, is not what this version writes. Deploy the version that wrote it, mend it or delete it.`,
  )
}

/** Whether the publish has already had its part in the event: it was delivered to the queue, or invoked with, once more. */
export function isRepetition({ messageIds }: Standing, publication: Publication | undefined): boolean {
  return publication !== undefined && messageIds.has(publication.messageId)
}

/**
 * The status is derived: an outcome if there is one, else delivered if a checkpoint names it, else pending, unless what
 * became of it may be forgotten. An event that went out while its cancel was written is delivered.
 */
export async function statusOf(
  table: DeliveriesTable,
  { ref, event, outcome }: Pick<Standing, 'ref' | 'event' | 'outcome'>,
  nowMs: number,
): Promise<Status> {
  if (hasEnded(outcome) && outcome.kind !== 'cancelled') return outcome.kind as Status
  if (event && (await deliveryOf(table, ref))) return 'delivered'
  if (outcome?.kind === 'cancelled') return 'cancelled'
  return event && !mayBeForgotten(emitAtMsOf(ref.key), nowMs) ? 'pending' : 'unknown'
}
