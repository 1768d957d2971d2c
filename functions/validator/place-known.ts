import type { EventsTable } from '../../aws/events-table.ts'
import { type Clearing, isCleared, publicationAt } from '../../core/clearing.ts'
import { asLastAsked, type EventRef, hasSameContent, lastAsked, type ScheduledEvent } from '../../core/event.ts'
import type { Outcome, OutcomeKind } from '../../core/outcome.ts'
import { attemptAt } from '../../core/placement.ts'
import { isEarlier, isLater, isOf } from '../../core/publication.ts'
import type { Refusal } from '../../core/refusal.ts'
import { slotEndMs } from '../../core/slot.ts'
import type { DeliveriesTable } from '../../status/deliveries.ts'
import { follow, isRepetition, type Standing, statusOf } from '../../status/event-status.ts'
import { CHANGEABLE, type Status } from '../../status/status.ts'
import type { SlotAt } from '../slot-at.ts'
import { type CountAgainDeps, countAgain } from './count-again.ts'
import {
  askedSinceCancel,
  hasGoneOut,
  isAboutToGoOn,
  isKeptOut,
  isReplacing,
  mustHaveCome,
  mustHaveMoved,
  notThereAgain,
  type WithClearing,
} from './doubt.ts'
import { comesAfter, nextTurn } from './next-turn.ts'
import { whyDelivered, whyForgotten, whyMoved, whyTaken } from './refusal.ts'

export interface PlaceKnownDeps extends CountAgainDeps {
  table: DeliveriesTable &
    Pick<EventsTable, 'lookUp' | 'concludeFirst' | 'concludeInstead' | 'askAgain' | 'clearingsOf'>
  slotAt: SlotAt
}

/** What to do with an event: write it, or only see to its delivery because it is there already, or refuse it, or nothing. */
export interface Placement {
  park?: ScheduledEvent
  dispatch?: ScheduledEvent
  refusal?: Refusal
}

/**
 * What becomes of an event of whose id and date something is known, or whose minute is over. `docs/actions.md` says it
 * state by state.
 */
export async function placeKnown(deps: PlaceKnownDeps, event: ScheduledEvent, clearing?: Clearing): Promise<Placement> {
  const standing = { ...(await follow(deps.table, event)), clearing }
  if (!standing.event && standing.outcome === undefined) return placeUnparked(deps, event, standing)
  const repeated = isRepetition(standing, event.publication)
  const same = standing.content === undefined || hasSameContent(standing.content, event)
  const isOut = isKeptOut(event, clearing)
  const cleared = !repeated && isOut
  // Who came here before it was known may have cancelled another with it, and been cut off.
  const isAnotherToCome = cleared && askedSinceCancel(standing)
  if (standing.event && isAnotherToCome) return placeKnown(deps, asLastAsked(standing.event), clearing)
  if (cleared && same) return {}
  const toldAs = await statusOf(deps.table, standing, deps.clock.now())
  const status = toldAs === 'cancelled' && !same ? await endOfCancelled(deps, standing) : toldAs
  // What it was to replace at its own date has gone out, or will, whatever a later request was to cancel.
  if (cleared && status === 'delivered') return { refusal: whyDelivered(event) }
  const isLeft = CHANGEABLE.includes(status) && isCleared(standing.event?.publication, clearing)
  if (cleared) return isLeft ? { refusal: whyTaken(event) } : {}
  if (status === 'unknown' && standing.event) return repeated ? {} : { refusal: whyForgotten(event) }
  switch (status) {
    case 'cancelled':
      if (repeated) await countAgain(deps, standing)
      if (isOut) return {}
      // What was moved away since was another: this one came too late to be.
      if (!repeated && !same && standing.outcome?.next && !comesAfter(event, standing))
        return { refusal: whyMoved(event) }
      return placeCancelled(deps, event, standing)
    case 'failed':
    case 'expired':
      // Published before it ended, and met only now: it would have been refused then.
      if (!repeated && !same && (!comesAfter(event, standing) || isAboutToGoOn(standing)))
        return { refusal: whyTaken(event) }
      return redrive(deps, event, standing)
    case 'delivered':
      // What it has cancelled to take its place may have gone out all the same.
      if (same || (repeated && !isReplacing(event.publication, standing.outcome))) return {}
      return { refusal: whyDelivered(event) }
    default:
      if (repeated) return { dispatch: standing.event ?? event }
      return same ? askAgain(deps, event, standing) : { refusal: whyTaken(event) }
  }
}

/**
 * Whether an event is cancelled to which another is to come: its cancel, published later even, may have been too late, and
 * then the other is refused, and not dropped for a cancel that stopped nothing.
 * @throws SchedulerError `CANCEL_IN_DOUBT` until that is known
 */
async function endOfCancelled(deps: PlaceKnownDeps, { event, outcome }: Standing): Promise<Status> {
  return event && (await hasGoneOut(deps, event, outcome)) ? 'delivered' : 'cancelled'
}

/** What is scheduled again after a cancel goes on, once it is known what has become of the event that was cancelled. */
async function placeCancelled(deps: PlaceKnownDeps, event: ScheduledEvent, standing: WithClearing): Promise<Placement> {
  if (!comesAfter(event, standing)) return {}
  const before = standing.event
  if (before) mustHaveMoved(before, standing.outcome)
  // Of another it is known that it has not.
  if (before && hasSameContent(before, event) && (await hasGoneOut(deps, before, standing.outcome))) return {}
  const asked = askedSinceCancel(standing)
  if (asked && !isOf(event.publication, { publication: asked })) throw notThereAgain(event)
  return goOn(deps, event, standing, 'moved')
}

/** Nothing is there: it is new, or whoever wrote the pointer that leads here has crashed before parking it. */
async function placeUnparked(deps: PlaceKnownDeps, event: ScheduledEvent, standing: WithClearing): Promise<Placement> {
  const { ref, pointer, content, clearing } = standing
  // Who was asked to go on parks what it was asked for; who tries again of its own accord, or stays, what was there.
  const goesOnAsItWas = pointer !== undefined && (pointer.publication === undefined || pointer.asItWas === true)
  const again = givenAgain(standing)
  const coming = goesOnAsItWas ? content : again
  if (clearing && isKeptOut(event, clearing)) {
    const asked = coming ? lastAsked(coming) : pointer?.publication
    if (!pointer || isCleared(asked, clearing)) return keepOut(deps, event, { ref, clearing })
    // Another that is about to come here was not meant.
    return again ? placeUnparked(deps, again, standing) : {}
  }
  if (!pointer) return (await placePast(deps, event)) ?? placeKnown(deps, event, clearing)
  // What was published between the two may have cancelled this one, and was written over by the other.
  if (isEarlier(event.publication, { publication: pointer.publication })) mustHaveCome(standing, event)
  if (coming && !hasSameContent(coming, event)) return { refusal: whyTaken(event) }
  const nowMs = deps.clock.now()
  if (!goesOnAsItWas || !content)
    return { park: attemptAt(event, { ...ref, attempts: attemptsBefore(standing, pointer.kind) }, nowMs) }
  return { park: attemptAt(content, { ...pointer, ...ref }, nowMs) }
}

/**
 * The event that is about to be there again, for the publish that asked for it last. Another message may be what brings it:
 * that of the publish is done with, so that nobody would be told if something else came in its place.
 */
function givenAgain({ content, pointer }: Standing): ScheduledEvent | undefined {
  const asked = content && asLastAsked(content)
  return isOf(pointer?.publication, asked) ? asked : undefined
}

/** An event that arrives after all of its id was cancelled, and was published before, stays cancelled. */
async function keepOut(
  deps: PlaceKnownDeps,
  event: ScheduledEvent,
  { ref, clearing }: { ref: EventRef; clearing: Clearing },
): Promise<Placement> {
  const reason = 'cancelled with all of its id'
  const { slot, key } = ref
  const cancelled = { slot, key, kind: 'cancelled', atMs: deps.clock.now(), reason } as const
  const first = await deps.table.concludeFirst({ ...cancelled, publication: publicationAt(clearing.order) })
  if (!first) return placeKnown(deps, event, clearing)
  // One that was published later may have been parked here meanwhile: it goes on.
  const [met] = (await deps.table.lookUp([{ slot, key }])).events
  return met && !isCleared(met.publication, clearing) ? placeKnown(deps, met, clearing) : {}
}

/**
 * The same event is asked for again. That is noted with it, for a cancel that was published before and is still under way;
 * one that was written meanwhile is seen afterwards.
 */
async function askAgain(
  deps: PlaceKnownDeps,
  event: ScheduledEvent,
  { event: parked, clearing }: WithClearing,
): Promise<Placement> {
  const { publication } = event
  if (!parked || !publication) return { dispatch: parked ?? event }
  if (!isLater(publication, { publication: lastAsked(parked) })) return { dispatch: parked }
  await deps.table.askAgain(parked, publication)
  return placeKnown(deps, event, clearing)
}

/**
 * An event of which nothing is known goes to the slot of its date or, if that minute is over, to the slot of this one. A
 * pointer in the slot of its date, written once, makes its redelivery the same event then.
 * @returns undefined if something has become known of it meanwhile
 */
export async function placePast(deps: PlaceKnownDeps, event: ScheduledEvent): Promise<Placement | undefined> {
  const nowMs = deps.clock.now()
  if (slotEndMs(event.slot) > nowMs) return { park: event }
  const { key, publication } = event
  const next = { slot: await deps.slotAt(nowMs, event.id), key }
  const pointer: Outcome = {
    slot: event.slot,
    key,
    kind: 'moved',
    atMs: nowMs,
    reason: 'past due on arrival',
    publication,
    next,
  }
  return (await deps.table.concludeFirst(pointer)) ? { park: { ...event, ...next } } : undefined
}

/** A failed or expired event that is published again, after that, gets another attempt. */
async function redrive(deps: PlaceKnownDeps, event: ScheduledEvent, standing: WithClearing): Promise<Placement> {
  const { latestAtMs = Number.POSITIVE_INFINITY, latest } = event
  if (latestAtMs >= deps.clock.now() || !comesAfter(event, standing)) return goOn(deps, event, standing, 'retrying')
  const error = `The event has ${standing.outcome?.kind}, and latest ${latest} has passed. Publish it with a later one, or none.`
  return { refusal: { code: 'EVENT_ENDED', error } }
}

/**
 * An event that has ended goes on at the next turn, if that was asked for after it ended. What is repeated, or was
 * published before, changes nothing.
 */
async function goOn(
  deps: PlaceKnownDeps,
  event: ScheduledEvent,
  standing: WithClearing,
  kind: 'moved' | 'retrying',
): Promise<Placement> {
  if (!comesAfter(event, standing)) return {}
  const nowMs = deps.clock.now()
  const next = await nextTurn(deps, event, standing)
  const attempts = attemptsBefore(standing, kind)
  const { ref, outcome } = standing
  const reason = `scheduled again after it was ${outcome?.kind}`
  const { publication } = event
  const pointer = { ...ref, kind, atMs: nowMs, reason, attempts: standing.event?.attempt, publication, next }
  const ours = outcome && (await deps.table.concludeInstead(pointer, outcome))
  if (!ours) return placeKnown(deps, event, standing.clearing)
  // Whoever has cancelled all of the id since that was looked up saw what had ended here, or finds the pointer.
  const clearing = (await deps.table.clearingsOf([event.id])).get(event.id)
  if (clearing && isKeptOut(event, clearing)) return keepOut(deps, event, { ref: next, clearing })
  return { park: attemptAt(event, { ...next, attempts }, nowMs) }
}

/** The attempts after which an event goes on: what is scheduled again after a cancel, or moved, begins anew. */
function attemptsBefore({ content }: Standing, kind: OutcomeKind): number {
  return kind === 'retrying' ? (content?.attempt ?? 0) : 0
}
