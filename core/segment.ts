import * as z from 'zod'
import { emitAtMsOf, FIRST_KEY, keyAt, LAST_KEY } from './event.ts'
import { type Slot, slotEndMs, slotStartMs } from './slot.ts'

/** More events than this due in one second are spread over several emitters. */
export const BURST_EVENTS = 5_000

/** More payload than this due in one second, in bytes, is spread over several emitters: each holds it in memory. */
export const BURST_BYTES = 32 * 1024 * 1024

/**
 * Most that an emitter holds in memory at once: UTF-16 units of payloads, and an estimate for each event's other fields.
 * Reading waits while there is more. The least memory of the emitter is derived from it.
 */
export const MAX_HELD_BYTES = 32 * 1024 * 1024

/** Iterations an inline Map runs at once. Source: Step Functions developer guide, Map state processing modes. */
export const MAX_SEGMENTS = 40

/** A contiguous range of a slot's keys, delivered by one emitter invocation. */
export const segmentSchema = z.object({
  index: z.number().int().nonnegative(),
  /** First key, inclusive. */
  from: z.string(),
  /** Last key, exclusive. */
  to: z.string(),
  /** No event of the segment is emitted before, epoch ms. */
  startMs: z.number(),
  /** No event of the segment is emitted later, epoch ms (exclusive). */
  untilMs: z.number(),
})
export type Segment = z.infer<typeof segmentSchema>

/** What planning needs to know of an event. */
export interface PlannedEvent {
  key: string
  /** Length of the payload in UTF-16 units: a cheap stand-in for its size. */
  size: number
}

/**
 * Finds where to cut a slot, one event at a time in key order, in memory that depends on the cuts alone.
 * A second with more than `burst` events is cut at its edges and after every `burst` events.
 */
export function createCutter({ burst = BURST_EVENTS, burstBytes = BURST_BYTES } = {}) {
  const cuts: string[] = []
  let second = Number.NEGATIVE_INFINITY
  let inner: string[] = []
  let count = 0
  let size = 0
  const closeSecond = () => {
    if (inner.length > 0) cuts.push(keyAt(second * 1_000), ...inner, keyAt((second + 1) * 1_000))
    inner = []
    count = 0
    size = 0
  }
  return {
    add(event: PlannedEvent): void {
      const itsSecond = Math.floor(emitAtMsOf(event.key) / 1_000)
      if (itsSecond !== second) closeSecond()
      second = itsSecond
      if (count >= burst || (count > 0 && size + event.size > burstBytes)) {
        inner.push(event.key)
        count = 0
        size = 0
      }
      count++
      size += event.size
    },
    cuts(): string[] {
      closeSecond()
      return cuts
    },
  }
}

/**
 * Cuts for what of a slot is not known: from a key on evenly in time, as many as may stand beside the other cuts, one at
 * least.
 */
export function evenCuts(slot: Slot, { from, besides }: { from: string; besides: number }): string[] {
  const fromMs = Math.max(slotStartMs(slot), emitAtMsOf(from) + 1)
  const most = Math.max(1, MAX_SEGMENTS - 1 - besides)
  return Array.from({ length: most }, (_, i) => keyAt(fromMs + Math.floor((i * (slotEndMs(slot) - fromMs)) / most)))
}

/** Segments between the cuts. They cover every key there can be, so a later arrival always belongs to one. */
export function segmentsOf(slot: Slot, cuts: readonly string[]): Segment[] {
  const inside = [...new Set(cuts)].filter((cut) => cut > keyAt(slotStartMs(slot)) && cut < keyAt(slotEndMs(slot)))
  const kept = thin(inside, MAX_SEGMENTS - 1)
  return [FIRST_KEY, ...kept].map((from, index) => {
    const to = kept[index] ?? LAST_KEY
    const startMs = from === FIRST_KEY ? slotStartMs(slot) : emitAtMsOf(from)
    // A cut within a millisecond leaves events of that very millisecond on both sides.
    const untilMs = to === LAST_KEY ? slotEndMs(slot) : emitAtMsOf(to) + (to.length > keyAt(0).length ? 1 : 0)
    return { index, from, to, startMs, untilMs }
  })
}

/** At most `most` of the cuts, evenly chosen. */
function thin(cuts: readonly string[], most: number): string[] {
  if (cuts.length <= most) return [...cuts]
  return Array.from({ length: most }, (_, i) => cuts[Math.floor(((i + 0.5) * cuts.length) / most)] as string)
}
