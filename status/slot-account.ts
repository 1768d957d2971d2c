import type { EventsReader } from '../aws/events-table.ts'
import type { CheckpointWriter } from '../core/checkpoint.ts'
import { emitAtMsOf, type ScheduledEvent } from '../core/event.ts'
import { addAllLateness, type Lateness, summarize } from '../core/lateness.ts'
import { type EndKind, hasEnded, type Outcome } from '../core/outcome.ts'
import { type Segment, segmentsOf } from '../core/segment.ts'
import { emptySettlement, type Settlement } from '../core/settlement.ts'
import type { Slot } from '../core/slot.ts'

export type AccountTable = Pick<EventsReader, 'checkpoints' | 'keysBetween' | 'find' | 'lookUp' | 'outcomesBetween'>

/** An event that has neither been delivered nor ended otherwise. */
export interface UnaccountedEvent {
  event: ScheduledEvent
  /** A claim, if there is one, or that it is tried again, if its next attempt is not there. */
  outcome: Outcome | undefined
}

/** The account of a slot, from its facts: reads every key once, and whole only the events that are unaccounted for. */
export function accountOf(table: AccountTable, slot: Slot, segments: readonly Segment[] = segmentsOf(slot, [])) {
  const settlement = emptySettlement()
  const lateness: Lateness = {}
  let unreadable = 0
  return {
    /** Pages of the events that are unaccounted for; the others are counted. */
    async *unaccountedEvents(): AsyncGenerator<UnaccountedEvent[]> {
      const shared = await deliveredBy(table, { slot, writer: 'express' }, lateness)
      const settled = await deliveredBy(table, { slot, writer: 'settle' }, {})
      for (const segment of segments) {
        const own = await deliveredBy(table, { slot, writer: segment.index }, lateness)
        const isDelivered = (key: string) => [own, shared, settled].some(({ keys }) => keys.has(key))
        const doubtUntilMs = Math.max(...[own, shared, settled].map((by) => by.doubtUntilMs))
        for await (const page of table.keysBetween(slot, segment.from, segment.to)) {
          const outcomes = await outcomesOfPage(table, slot, page)
          const astray = await leadingNowhere(table, outcomes)
          const isUnaccounted = (key: string) => {
            const outcome = astray.has(key) ? undefined : outcomes.get(key)
            return !count(settlement, outcome, isDelivered(key))
          }
          const missing = page.filter(isUnaccounted)
          const sure = missing.filter(
            (key) => emitAtMsOf(key) > doubtUntilMs && outcomes.get(key)?.kind !== 'unreadable',
          )
          const unaccounted = await table.find(sure.map((key) => ({ slot, key })))
          unreadable += missing.length - unaccounted.length
          if (unaccounted.length > 0) yield unaccounted.map((event) => ({ event, outcome: outcomes.get(event.key) }))
        }
      }
    },
    /** Everything counted, once all pages have been read. */
    async settlement(): Promise<Settlement> {
      const bySettlers = await deliveredBy(table, { slot, writer: 'settle' }, lateness)
      return { ...settlement, deliveredBySettler: bySettlers.keys.size, latenessMs: summarize(lateness) }
    },
    /**
     * How many events this version can say nothing about: they, their outcomes, or the checkpoints that may name them
     * cannot be read. They are left alone, and their slot cannot be settled. Known once all pages have been read.
     */
    unreadable: (): number => unreadable,
    /** Counts what has become of an unaccounted event since. */
    ended(how: 'delivered' | EndKind, events: number): void {
      settlement[how] += events
    },
  }
}

export type SlotAccount = ReturnType<typeof accountOf>

/** Counts an event that is done with. @returns whether it is */
function count(settlement: Settlement, outcome: Outcome | undefined, delivered: boolean): boolean {
  settlement.events++
  if (delivered) settlement.delivered++
  else if (hasEnded(outcome)) settlement[outcome.kind]++
  else return false
  return true
}

/** The keys a writer has published, and until when others may be among them; adds to `lateness` how late they were. */
async function deliveredBy(
  table: AccountTable,
  { slot, writer }: { slot: Slot; writer: CheckpointWriter },
  lateness: Lateness,
) {
  const keys = new Set<string>()
  let doubtUntilMs = Number.NEGATIVE_INFINITY
  for await (const page of table.checkpoints(slot, writer))
    for (const checkpoint of page) {
      for (const key of checkpoint.delivered) keys.add(key)
      addAllLateness(lateness, checkpoint.lateness)
      doubtUntilMs = Math.max(doubtUntilMs, checkpoint.doubtUntilMs ?? doubtUntilMs)
    }
  return { keys, doubtUntilMs }
}

/** The keys of events that are said to be tried again, and whose next attempt nobody has parked: who was to, has crashed. */
async function leadingNowhere(table: AccountTable, outcomes: ReadonlyMap<string, Outcome>): Promise<Set<string>> {
  const leading = [...outcomes.values()].flatMap(({ kind, key, next }) =>
    kind === 'retrying' && next ? [{ key, next }] : [],
  )
  if (leading.length === 0) return new Set()
  const { events, unreadable } = await table.lookUp(leading.map(({ next }) => next))
  const there = new Set([...events, ...unreadable].map(({ slot, key }) => slot + key))
  return new Set(leading.filter(({ next }) => !there.has(next.slot + next.key)).map(({ key }) => key))
}

async function outcomesOfPage(table: AccountTable, slot: Slot, page: readonly string[]) {
  const outcomes = new Map<string, Outcome>()
  const [first, last] = [page.at(0), page.at(-1)]
  if (!first || !last) return outcomes
  for await (const found of table.outcomesBetween(slot, first, last))
    for (const outcome of found) outcomes.set(outcome.key, outcome)
  return outcomes
}
