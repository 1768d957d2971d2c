import type { Clock } from '../../core/clock.ts'
import { emitAtMsOf, LAST_KEY, type ScheduledEvent } from '../../core/event.ts'
import type { Segment } from '../../core/segment.ts'
import { SLOT_MS } from '../../core/timetable.ts'
import { deliverSegmentWith } from '../../functions/emitter/deliver-segment.ts'
import { dueOf, feedEvent, PAGE_EVENTS, slotFor } from './feed.ts'
import { type CoreResult, startGauge } from './gauge.ts'
import type { CoreFeed } from './hold-and-publish.ts'

const LEAD_MS = 4_000

/** The emitter's whole work on a segment: reading, holding, publishing, checkpointing; only the network is missing. */
export async function wholeSegment(feed: CoreFeed, clock: Clock): Promise<CoreResult> {
  const gauge = startGauge(feed.events)
  const firstDueMs = clock.now() + LEAD_MS
  const slot = slotFor(firstDueMs)
  const deliverSegment = deliverSegmentWith({
    clock,
    random: Math.random,
    table: tableOf(feed, firstDueMs),
    topics: {
      async publish(_target, events) {
        const now = clock.now()
        for (const { dueAtMs } of events) gauge.publish(dueAtMs, now)
        return events.map(() => ({ ok: true }) as const)
      },
    },
    log: { debug() {}, info() {}, warn: console.warn, error: console.error },
    metrics: { publish() {} },
    openSlot: async () => {},
    notify: async () => {},
    slotAt: async (atMs) => slotFor(atMs),
    maxAttempts: 1,
  })
  const untilMs = firstDueMs + Math.min(SLOT_MS, feed.spreadMs) + 1
  const segment: Segment = { index: 0, from: '', to: LAST_KEY, startMs: firstDueMs, untilMs }
  await deliverSegment(slot, segment)
  return gauge.finish(firstDueMs)
}

/** A slot with the events of a feed, made up as they are read. */
function tableOf(feed: CoreFeed, firstDueMs: number) {
  let next = 0
  return {
    async *eventsBetween(_slot: string, _from: string, to: string): AsyncGenerator<ScheduledEvent[]> {
      const untilMs = to === LAST_KEY ? Number.POSITIVE_INFINITY : emitAtMsOf(to)
      while (next < feed.events && dueOf(next, feed, firstDueMs) < untilMs) {
        const page: ScheduledEvent[] = []
        for (; page.length < PAGE_EVENTS && next < feed.events; next++) {
          const dueAtMs = dueOf(next, feed, firstDueMs)
          if (dueAtMs >= untilMs) break
          page.push(feedEvent(next, dueAtMs))
        }
        await new Promise((resolve) => setImmediate(resolve))
        yield page
      }
    },
    async *checkpoints() {},
    async *outcomesBetween() {},
    async *announced() {},
    lookUp: async () => ({ events: [], outcomes: [], unreadable: [] }),
    async checkpoint() {},
    takeSegment: async () => 1,
    incarnationOf: async () => 1,
    async park() {},
    conclude: async () => true,
    concludeInstead: async () => true,
    outcomesOf: async () => [],
    findHeads: async () => [],
  }
}
