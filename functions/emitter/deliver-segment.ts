import type { Segment } from '../../core/segment.ts'
import type { Slot } from '../../core/slot.ts'
import { CLOCK_SKEW_MS, POLL_MS } from '../../core/timetable.ts'
import type { Tally } from '../delivery/fate.ts'
import { type OwnershipDeps, takeOver } from '../delivery/ownership.ts'
import { type RecordedDeliveryDeps, startRecordedDelivery } from '../delivery/recorded-delivery.ts'
import { segmentFeed } from './segment-feed.ts'
import { openSegmentLog, type SegmentTable } from './segment-log.ts'

/**
 * What there is no room for waits for its turn until so long after the end of the segment; then it is parked again. The
 * emitter's timeout leaves time for that, and for what its slow targets have by then.
 */
export const DEFERRED_MS = 60_000

export type DeliverSegmentDeps = RecordedDeliveryDeps & {
  table: RecordedDeliveryDeps['table'] & OwnershipDeps['table'] & SegmentTable
}

/** Delivers one segment of a slot: a log that it reads at the pace of the clock, as long as it owns it. */
export function deliverSegmentWith(deps: DeliverSegmentDeps) {
  const { clock } = deps
  return async (slot: Slot, segment: Segment): Promise<Tally> => {
    const owner = await takeOver(deps, slot, segment.index)
    const log = await openSegmentLog(deps, slot, segment)
    const recorded = startRecordedDelivery(deps, segment.index, {
      readUpTo: log.position,
      needsClearance: true,
      deferUntilMs: segment.untilMs + DEFERRED_MS,
      recorded: log.recorded,
    })
    const { delivery } = recorded
    const feed = segmentFeed({ clock, log, delivery, owner })
    // Until then somebody whose clock is behind may announce an event of the segment.
    const endMs = segment.untilMs + CLOCK_SKEW_MS
    try {
      for (let nowMs = 0; nowMs < endMs || delivery.size() > 0; ) {
        nowMs = clock.now()
        if ((await feed.poll()) === 'superseded') {
          deps.log.info('superseded', { slot, segment: segment.index, incarnation: owner.incarnation })
          recorded.abandon()
          break
        }
        await clock.sleep(POLL_MS)
      }
    } catch (error) {
      recorded.abandon()
      throw error
    } finally {
      await recorded.finish()
    }
    return recorded.tally
  }
}
