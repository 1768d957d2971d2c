import type { EventsTable } from '../../aws/events-table.ts'
import { keyAt, type ScheduledEvent } from '../../core/event.ts'
import { MAX_HELD_BYTES, type Segment } from '../../core/segment.ts'
import type { Slot } from '../../core/slot.ts'
import { CLEARED_MS, CLOCK_SKEW_MS, POLL_MS, READ_AHEAD_MS } from '../../core/timetable.ts'
import type { Tally } from '../delivery/fate.ts'
import { type Session, type SessionDeps, startSession } from '../delivery/recorded-delivery.ts'
import { type AnnouncedTable, announcedEvents } from './announced-events.ts'

export type DeliverSegmentDeps = SessionDeps & {
  table: SessionDeps['table'] & AnnouncedTable & Pick<EventsTable, 'checkpoints' | 'eventsBetween' | 'outcomesBetween'>
}

/** Delivers one segment of a slot: a log that it reads at the pace of the clock. */
export function deliverSegmentWith(deps: DeliverSegmentDeps) {
  return async (slot: Slot, segment: Segment): Promise<Tally> => {
    const { delivered, upTo } = await resume(deps, slot, segment)
    let position = upTo
    const session = startSession(deps, segment.index, () => position)
    const announced = announcedEvents(deps, slot, segment, delivered)
    // Until then somebody whose clock is behind may announce an event of the segment.
    const endMs = segment.untilMs + CLOCK_SKEW_MS
    session.delivery.clear(Number.NEGATIVE_INFINITY)
    try {
      for (let nowMs = 0; nowMs < endMs || session.delivery.size() > 0; ) {
        nowMs = deps.clock.now()
        const horizonMs = nowMs + READ_AHEAD_MS
        const to = horizonMs < segment.untilMs ? lower(segment.to, keyAt(horizonMs)) : segment.to
        // Not so before the segment begins, nor after the clock was set back.
        if (to > position) {
          await read(deps, session, { slot, from: position, to, skip: delivered, note: announced.note })
          position = to
        }
        session.delivery.hold(await announced.before(position))
        await clear(deps, session, slot, position)
        await deps.clock.sleep(POLL_MS)
      }
    } catch (error) {
      // What is still held is the next emitter's, which goes on from there.
      position = session.delivery.firstKey() ?? position
      session.delivery.abandon()
      throw error
    } finally {
      await session.finish()
    }
    return session.tally
  }
}

/** Where the segment's last emitter left off; at its start for the first one. */
async function resume({ table }: DeliverSegmentDeps, slot: Slot, segment: Segment) {
  const delivered = new Set<string>()
  let upTo = segment.from
  for await (const page of table.checkpoints(slot, segment.index))
    for (const checkpoint of page) {
      for (const key of checkpoint.delivered) delivered.add(key)
      if (checkpoint.upTo > upTo) upTo = checkpoint.upTo
    }
  return { delivered, upTo }
}

interface Reading {
  slot: Slot
  from: string
  to: string
  /** Keys that have been delivered. */
  skip: ReadonlySet<string>
  /** Told of the events that were read. */
  note(events: readonly ScheduledEvent[]): void
}

/** Hands the delivery the runner's events in a range: those that are not done, and are not the express lane's. */
async function read(deps: DeliverSegmentDeps, session: Session, { slot, from, to, skip, note }: Reading) {
  const { delivery } = session
  for await (const page of deps.table.eventsBetween(slot, from, to)) {
    const ours = page.filter(({ lane, key }) => lane !== 'express' && !skip.has(key))
    note(ours)
    // What cannot go out before it is cleared is not looked at twice.
    const overdue = ours.filter(({ emitAtMs }) => emitAtMs <= delivery.clearedUntilMs())
    const concluded = await outcomeKeys(deps, slot, overdue)
    delivery.hold(ours.filter(({ key }) => !concluded.has(key)))
    while (delivery.bytes() > MAX_HELD_BYTES) {
      await clear(deps, session, slot, page.at(-1)?.key ?? to)
      for (let ms = 0; ms < POLL_MS && delivery.bytes() > MAX_HELD_BYTES; ms += 10) await deps.clock.sleep(10)
    }
  }
}

/** Lets go of events that were cancelled or claimed since they were read, and has the others go out for a while. */
async function clear({ table, clock }: DeliverSegmentDeps, { delivery }: Session, slot: Slot, to: string) {
  const nowMs = clock.now()
  const from = delivery.firstHeldKey()
  if (from !== undefined)
    for await (const page of table.outcomesBetween(slot, from, to)) for (const { key } of page) delivery.drop(key)
  delivery.clear(nowMs + CLEARED_MS)
}

async function outcomeKeys(
  { table }: DeliverSegmentDeps,
  slot: Slot,
  events: readonly ScheduledEvent[],
): Promise<Set<string>> {
  const keys = new Set<string>()
  const [first, last] = [events.at(0), events.at(-1)]
  if (!first || !last) return keys
  for await (const page of table.outcomesBetween(slot, first.key, last.key)) for (const { key } of page) keys.add(key)
  return keys
}

function lower(a: string, b: string): string {
  return a < b ? a : b
}
