import type { EventsReader } from '../aws/events-table.ts'
import { type EventHead, emitAtMsOf, eventKey, keyAt, turnOf } from '../core/event.ts'
import type { Outcome } from '../core/outcome.ts'
import { type Slot, slotEndMs, slotStartMs, slotsOfMinute } from '../core/slot.ts'
import { type Place, placesOf } from './chains.ts'
import { type EventFactsTable, factsOfAll } from './event-facts.ts'
import type { EventFacts } from './facts.ts'
import { inOrder } from './in-order.ts'
import { minutesIn } from './minutes.ts'
import type { Status } from './status.ts'

export type ListTable = EventFactsTable & Pick<EventsReader, 'minutesBetween' | 'headsBetween' | 'outcomesBetween'>

/** Which events, by when they are due. */
export interface ListSpan {
  /** Epoch ms, inclusive. */
  fromMs: number
  /** Epoch ms, exclusive. */
  toMs: number
  /** Only those after this one in the order of the list, see `cursorOf`. */
  after?: string | undefined
  /** Epoch ms. */
  nowMs: number
}

/** Which of them; absent means any. */
export interface EventFilter {
  statuses?: readonly Status[] | undefined
  user?: string | undefined
  /** ARN of a topic. */
  target?: string | undefined
  idPrefix?: string | undefined
}

/**
 * The events of a span, in the order in which they are due, wherever they stand by now. Reads the slots of the span alone,
 * and where an event has gone on, that.
 */
export async function* listEvents(
  table: ListTable,
  span: ListSpan,
  filter: EventFilter = {},
): AsyncGenerator<EventFacts> {
  const sinceMs = span.after === undefined ? span.fromMs : Math.max(span.fromMs, emitAtMsOf(span.after))
  for await (const { minuteMs, shards } of minutesIn(table, { fromMs: sinceMs, toMs: span.toMs }))
    yield* inOrder(
      slotsOfMinute(minuteMs, shards).map((slot) => eventsOfSlot(table, slot, { span, filter })),
      cursorOf,
    )
}

/** Where in a list an event stands: sorts by due, then by id. */
export function cursorOf({ dueAtMs, id }: Pick<EventFacts, 'dueAtMs' | 'id'>): string {
  return eventKey(dueAtMs, id, 1)
}

async function* eventsOfSlot(
  table: ListTable,
  slot: Slot,
  { span, filter }: { span: ListSpan; filter: EventFilter },
): AsyncGenerator<EventFacts> {
  const pages = hasOutcome(filter) ? firstPlacesWithOutcome(table, slot, span) : firstPlaces(table, slot, span)
  for await (const places of pages) {
    const chosen = places.filter(({ event }) => event === undefined || isChosen(event, filter))
    for (const facts of await factsOfAll(table, chosen, span.nowMs))
      if (isChosen(facts, filter) && (filter.statuses?.includes(facts.status) ?? true)) yield facts
  }
}

/** Whether only events are asked for of which an outcome tells: those are few, and found without reading the others. */
function hasOutcome({ statuses }: EventFilter): boolean {
  const tellsOf = ['failed', 'expired', 'cancelled', 'retrying']
  return statuses?.every((status) => tellsOf.includes(status)) ?? false
}

/** The keys of a slot that a span covers: `to` is exclusive, and no key itself. */
function keysIn(slot: Slot, { fromMs, toMs, after }: ListSpan): { from: string; to: string } {
  const start = keyAt(Math.max(fromMs, slotStartMs(slot)))
  const from = after !== undefined && after >= start ? `${after} ` : start
  return { from, to: keyAt(Math.min(toMs, slotEndMs(slot))) }
}

/** The first places of those of the slot's events that have an outcome there; of a claim alone no status tells. */
async function* firstPlacesWithOutcome(table: ListTable, slot: Slot, span: ListSpan): AsyncGenerator<Place[]> {
  const { from, to } = keysIn(slot, span)
  if (from > to) return
  for await (const page of table.outcomesBetween(slot, from, to))
    yield placesOf(
      table,
      page.filter(({ key, kind }) => kind !== 'claimed' && turnOf(key) === 1).map(({ key }) => ({ slot, key })),
    )
}

/** Pages of the first places of the events that are due in the slot's minute: there they stand, or a pointer does. */
async function* firstPlaces(table: ListTable, slot: Slot, span: ListSpan): AsyncGenerator<Place[]> {
  const { to, ...start } = keysIn(slot, span)
  let { from } = start
  if (from > to) return
  for await (const page of table.headsBetween(slot, from, to)) {
    const last = page.at(-1)?.key
    if (last === undefined) continue
    yield placesAmong(page, await outcomesIn(table, slot, { from, to: last }))
    from = `${last} `
  }
  yield placesAmong([], await outcomesIn(table, slot, { from, to }))
}

async function outcomesIn(table: ListTable, slot: Slot, { from, to }: { from: string; to: string }) {
  const outcomes: Outcome[] = []
  for await (const page of table.outcomesBetween(slot, from, to)) outcomes.push(...page)
  return outcomes
}

/** In the order of their keys. A later turn has a first place of its own. */
function placesAmong(events: readonly EventHead[], outcomes: readonly Outcome[]): Place[] {
  const places = new Map<string, Place>()
  for (const event of events) places.set(event.key, { ref: { slot: event.slot, key: event.key }, event })
  for (const outcome of outcomes) {
    const { slot, key } = outcome
    places.set(key, { ...(places.get(key) ?? { ref: { slot, key } }), outcome })
  }
  return [...places.values()]
    .filter(({ ref }) => turnOf(ref.key) === 1)
    .sort((one, other) => (one.ref.key < other.ref.key ? -1 : 1))
}

function isChosen({ id, user, target }: Pick<EventFacts, 'id' | 'user' | 'target'>, filter: EventFilter): boolean {
  return (
    (filter.user === undefined || user === filter.user) &&
    (filter.target === undefined || target === filter.target) &&
    id.startsWith(filter.idPrefix ?? '')
  )
}
