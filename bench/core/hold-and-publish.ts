import type { Clock } from '../../core/clock.ts'
import { MAX_HELD_BYTES } from '../../core/segment.ts'
import { POLL_MS, READ_AHEAD_MS } from '../../core/timetable.ts'
import { startDelivery } from '../../functions/delivery/delivery.ts'
import { dueOf, feedEvent, PAGE_EVENTS } from './feed.ts'
import { type CoreResult, startGauge } from './gauge.ts'

export interface CoreFeed {
  events: number
  /** Over how long they fall due, ms; 0 means in one millisecond. */
  spreadMs: number
}

/** The hold-and-publish loop alone, fed as a segment feeds it. */
export async function holdAndPublish(feed: CoreFeed, clock: Clock): Promise<CoreResult> {
  const gauge = startGauge(feed.events)
  const topics = {
    async publish(_target: string, events: readonly { dueAtMs: number }[]) {
      const now = clock.now()
      for (const { dueAtMs } of events) gauge.publish(dueAtMs, now)
      return events.map(() => ({ ok: true }) as const)
    },
  }
  const never = async () => {
    throw new Error('nothing fails here')
  }
  const fate = { delivered() {}, expired: never, failed: never, postponed: never, untold: never }
  const delivery = startDelivery({ topics, clock, random: Math.random }, fate)
  const firstDueMs = clock.now() + READ_AHEAD_MS
  for (let next = 0; next < feed.events; ) {
    const horizonMs = clock.now() + READ_AHEAD_MS
    while (next < feed.events && dueOf(next, feed, firstDueMs) <= horizonMs && delivery.bytes() <= MAX_HELD_BYTES) {
      const page = []
      for (; page.length < PAGE_EVENTS && next < feed.events; next++) {
        const dueAtMs = dueOf(next, feed, firstDueMs)
        if (dueAtMs > horizonMs) break
        page.push(feedEvent(next, dueAtMs))
      }
      delivery.hold(page)
      // A page comes from the network.
      await new Promise((resolve) => setImmediate(resolve))
    }
    await clock.sleep(delivery.bytes() > MAX_HELD_BYTES ? 10 : POLL_MS)
  }
  await delivery.finish()
  return gauge.finish(firstDueMs)
}
