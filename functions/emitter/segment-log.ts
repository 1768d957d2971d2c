import type { EventsTable } from '../../aws/events-table.ts'
import type { Clock } from '../../core/clock.ts'
import { keyAt, type ScheduledEvent } from '../../core/event.ts'
import type { Segment } from '../../core/segment.ts'
import type { Slot } from '../../core/slot.ts'
import { type AnnouncedTable, announcedEvents } from './announced-events.ts'

export type SegmentTable = AnnouncedTable & Pick<EventsTable, 'checkpoints' | 'eventsBetween' | 'outcomesBetween'>

export interface SegmentLogDeps {
  table: SegmentTable
  clock: Clock
}

/**
 * A segment as a log: the events that are its runner's to deliver, in the order of their keys, read once, from where
 * its last emitter left off. It alone knows, and moves, its position.
 */
export async function openSegmentLog({ table, clock }: SegmentLogDeps, slot: Slot, segment: Segment) {
  const { delivered, upTo, from } = await progressOf(table, slot, segment)
  const announced = announcedEvents({ table, clock }, { slot, segment: { from, to: segment.to }, delivered })
  let position = upTo
  return {
    /** Every event with a lower key has been read. */
    position: (): string => position,
    /** Pages of the next events, of those to be emitted before `untilMs`, epoch ms. */
    async *readUntil(untilMs: number): AsyncGenerator<ScheduledEvent[]> {
      const to = untilMs < segment.untilMs ? keyAt(untilMs) : segment.to
      // So it is before the segment begins, and after the clock was set back.
      if (to <= position) return
      for await (const page of table.eventsBetween(slot, position, to)) {
        const ours = page.filter(({ lane, key }) => lane !== 'express' && !delivered.has(key))
        announced.note(ours)
        yield ours
      }
      position = to
    },
    /** Looks events that were read before up again, page by page. */
    lookUp: announced.lookUp,
    /** Notes that events are recorded as published. */
    recorded: announced.recorded,
    /** Pages of the events that were announced since, because they were parked where the log has been read already. */
    announced: (): AsyncGenerator<ScheduledEvent[]> => announced.before(position),
    /** Pages of the keys from `first` to `last`, both inclusive, whose events were cancelled, claimed or have ended. */
    async *outcomeKeys(first: string, last: string): AsyncGenerator<string[]> {
      for await (const page of table.outcomesBetween(slot, first, last)) yield page.map(({ key }) => key)
    },
  }
}

export type SegmentLog = Awaited<ReturnType<typeof openSegmentLog>>

/**
 * What the segment's emitters have delivered, and where the last one left off: at its start for the first one. What may
 * stand in a checkpoint that cannot be read is left to the settler: `from` is the first key that is sure to be free.
 */
async function progressOf(table: Pick<SegmentTable, 'checkpoints'>, slot: Slot, segment: Segment) {
  const delivered = new Set<string>()
  let from = segment.from
  let upTo = segment.from
  for await (const page of table.checkpoints(slot, segment.index))
    for (const checkpoint of page) {
      for (const key of checkpoint.delivered) delivered.add(key)
      if (checkpoint.doubtUntilMs !== undefined) from = higher(from, keyAt(checkpoint.doubtUntilMs + 1))
      upTo = higher(upTo, higher(from, checkpoint.upTo))
    }
  return { delivered, upTo, from }
}

function higher(a: string, b: string): string {
  return a > b ? a : b
}
