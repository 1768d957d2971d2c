import type { EventsTable } from '../../aws/events-table.ts'
import type { CheckpointWriter } from '../../core/checkpoint.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import { type Segment, segmentsOf } from '../../core/segment.ts'
import type { Slot } from '../../core/slot.ts'
import type { SlotAccount } from '../../status/slot-account.ts'
import { type ClaimedDeliveryDeps, deliverClaimed } from '../delivery/claimed-delivery.ts'
import { type Ownership, type OwnershipDeps, takeOver } from '../delivery/ownership.ts'

export type DeliverOverdueDeps = ClaimedDeliveryDeps & {
  table: ClaimedDeliveryDeps['table'] & OwnershipDeps['table'] & Pick<EventsTable, 'checkpoints'>
}

/**
 * Delivers what is overdue in a slot. Events that are the runner's it owns before: it takes over the segments in which
 * something is missing, so that no emitter publishes beside it, and only then reads what was delivered. Each event it
 * claims, so that no other settler does.
 */
export function overdueDelivery(
  deps: DeliverOverdueDeps,
  slot: Slot,
  segments: readonly Segment[] = segmentsOf(slot, []),
) {
  const owners = ownersOf(deps, slot, segments)
  const by = `settle-${deps.random().toString(36).slice(2)}`
  return {
    /**
     * Delivers events of the slot, and counts in its account what has become of them.
     * @returns whether all of them have ended
     */
    async deliver(events: readonly ScheduledEvent[], account: Pick<SlotAccount, 'ended'>): Promise<boolean> {
      const indexes = await owners.take(events)
      const lookedAtMs = deps.clock.now()
      const { delivered, doubtUntilMs } = await deliveredBy(deps.table, slot, [...indexes, 'express', 'settle'])
      const missing = events.filter(({ key }) => !delivered.has(key))
      const ours = await owners.stillOurs(missing.filter(({ emitAtMs }) => emitAtMs > doubtUntilMs))
      const [first] = ours
      if (first) deps.log.warn('overdue events delivered by the settler', { slot, count: ours.length, first: first.id })
      const { stillOurs } = owners
      const tally = await deliverClaimed(deps, { writer: 'settle', by, events: ours, lookedAtMs, stillOurs })
      let ended = events.length - missing.length
      account.ended('delivered', ended)
      for (const [how, count] of Object.entries(tally) as [keyof typeof tally, number][]) {
        account.ended(how, count)
        ended += count
      }
      return ended === events.length
    },
  }
}

export type OverdueDelivery = ReturnType<typeof overdueDelivery>

/** The segments that a settler has taken over. */
function ownersOf(deps: OwnershipDeps, slot: Slot, segments: readonly Segment[]) {
  const owners = new Map<number, Ownership>()
  /** Of an event that is its runner's the index of the segment; of one that is the express lane's undefined. */
  const segmentOf = ({ lane, key }: ScheduledEvent) =>
    lane === 'express' ? undefined : segments.find(({ to }) => key < to)?.index
  const lost = async () => {
    const are = await Promise.all([...owners].map(async ([index, owner]) => ((await owner.isLost()) ? index : -1)))
    return new Set<number | undefined>(are)
  }
  return {
    /** Takes over the segments of events, those it has not. @returns their indexes */
    async take(events: readonly ScheduledEvent[]): Promise<number[]> {
      const indexes = [...new Set(events.flatMap((event) => segmentOf(event) ?? []))]
      const others = indexes.filter((index) => !owners.has(index))
      await Promise.all(others.map(async (index) => owners.set(index, await takeOver(deps, slot, index))))
      return indexes
    },
    /** The events without those whose segment somebody else has taken since. */
    async stillOurs(events: readonly ScheduledEvent[]): Promise<ScheduledEvent[]> {
      const gone = await lost()
      return events.filter((event) => !gone.has(segmentOf(event)))
    },
  }
}

/** What was delivered; what was to be emitted until `doubtUntilMs` may be, too, in a checkpoint that cannot be read. */
async function deliveredBy(
  table: Pick<EventsTable, 'checkpoints'>,
  slot: Slot,
  writers: readonly CheckpointWriter[],
): Promise<{ delivered: Set<string>; doubtUntilMs: number }> {
  const delivered = new Set<string>()
  let doubtUntilMs = Number.NEGATIVE_INFINITY
  const read = async (writer: CheckpointWriter) => {
    for await (const page of table.checkpoints(slot, writer))
      for (const checkpoint of page) {
        for (const key of checkpoint.delivered) delivered.add(key)
        doubtUntilMs = Math.max(doubtUntilMs, checkpoint.doubtUntilMs ?? doubtUntilMs)
      }
  }
  await Promise.all(writers.map(read))
  return { delivered, doubtUntilMs }
}
