import type { EventsTable } from '../../aws/events-table.ts'
import type { Clock } from '../../core/clock.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import type { Segment } from '../../core/segment.ts'
import type { Slot } from '../../core/slot.ts'
import { CLOCK_SKEW_MS, REMEMBERED_MS } from '../../core/timetable.ts'

export type AnnouncedTable = Pick<EventsTable, 'announced' | 'lookUp'>

export interface AnnouncedEventsDeps {
  table: AnnouncedTable
  clock: Clock
}

/** What announcements are looked for, and which of them are not news. */
export interface AnnouncedIn {
  slot: Slot
  segment: Pick<Segment, 'from' | 'to'>
  /** Keys that an emitter before this one has delivered. */
  delivered: ReadonlySet<string>
}

/** Most events that are looked up at once: what is announced or deferred behind a backlog is held page by page. */
export const MAX_LOOKED_UP = 1_000

/** A page of keys that were looked up. */
export interface LookedUp {
  keys: readonly string[]
  /** Those of the events that are there and have not ended, and are the runner's to emit. */
  events: ScheduledEvent[]
}

/** The events of a segment that were parked where its emitter may have read already. */
export function announcedEvents({ table, clock }: AnnouncedEventsDeps, { slot, segment, delivered }: AnnouncedIn) {
  const { from, to } = segment
  /** Events that were taken and are not recorded as published, however long that takes; those that ended otherwise stay. */
  const taken = new Set<string>()
  /** When each of those that are was recorded, epoch ms; in that order. */
  const recordedAtMs = new Map<string, number>()
  let fromMs = 0

  const newKeys = async (position: string) => {
    const isNew = (key: string) =>
      key >= from && key < to && key < position && !taken.has(key) && !recordedAtMs.has(key) && !delivered.has(key)
    const keys = new Set<string>()
    for await (const page of table.announced(slot, fromMs)) for (const key of page) if (isNew(key)) keys.add(key)
    return [...keys].sort()
  }
  const note = (events: readonly ScheduledEvent[]) => {
    for (const { key } of events) taken.add(key)
  }
  const forget = (beforeMs: number) => {
    for (const [key, atMs] of recordedAtMs) {
      if (atMs >= beforeMs) return
      recordedAtMs.delete(key)
    }
  }
  const lookUpPage = async (keys: readonly string[]): Promise<LookedUp> => {
    const { events, outcomes } = await table.lookUp(keys.map((key) => ({ slot, key })))
    note(events)
    const concluded = new Set(outcomes.map(({ key }) => key))
    return { keys, events: events.filter(({ lane, key }) => lane !== 'express' && !concluded.has(key)) }
  }
  async function* lookUp(keys: readonly string[]): AsyncGenerator<LookedUp> {
    for (let i = 0; i < keys.length; i += MAX_LOOKED_UP) yield await lookUpPage(keys.slice(i, i + MAX_LOOKED_UP))
  }
  return {
    /**
     * Remembers events that were read in their turn. An announcement may become visible after its events; and one whose id is
     * that of its message is written, and announced, once more when that is delivered again, however long it has been there.
     */
    note,
    /** Looks up events by their keys, page by page. */
    lookUp,
    /** Notes that events are recorded as published: from then on whoever looks finds that, and soon none is announced again. */
    recorded(keys: readonly string[]): void {
      const nowMs = clock.now()
      for (const key of keys) {
        taken.delete(key)
        recordedAtMs.set(key, nowMs)
      }
    },
    /** Pages of the announced events with keys before `position`, each once, that are the runner's to emit: oldest due first. */
    async *before(position: string): AsyncGenerator<ScheduledEvent[]> {
      const nowMs = clock.now()
      const keys = await newKeys(position)
      // What is not visible now is announced for a time not long past on its writer's clock.
      fromMs = Math.max(0, nowMs - CLOCK_SKEW_MS)
      forget(nowMs - REMEMBERED_MS)
      for await (const { events } of lookUp(keys)) yield events
    },
  }
}
