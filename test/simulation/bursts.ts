import { BURST_BYTES, BURST_EVENTS } from '../../core/segment.ts'
import { FIRST_SETTINGS } from './deployments.ts'
import type { Region } from './region.ts'
import { EVERYWHERE } from './strikes.ts'

const MINUTE_MS = 60_000
const SECOND_MS = 1_000

/** One burst in every so many ms. */
const EVERY_MS = 6 * 60 * MINUTE_MS

/** Published within so many ms, so long before. */
const PUBLISHED_WITHIN_MS = 15 * SECOND_MS
const AHEAD_MS = { least: 2 * MINUTE_MS, most: 18 * MINUTE_MS }

/** Largest payload that fits a message with its fields, in characters. */
export const LARGEST_PAYLOAD = 250_000

/** More of them than one emitter is given, and more than it holds, in each shard that there is at first. */
const MANY = Math.ceil(1.1 * FIRST_SETTINGS.shards * BURST_EVENTS)
const LARGE = Math.ceil((1.2 * FIRST_SETTINGS.shards * BURST_BYTES) / LARGEST_PAYLOAD)

/** Everybody wants the same second: more events than one emitter is given, or more bytes. */
export function startBursts({ time, faults, untilMs }: Region, schedule: (dueAtMs: number, size?: number) => void) {
  const burst = (count: number, size?: number) => {
    const dueAtMs = SECOND_MS * Math.floor((time.now() + faults.between(AHEAD_MS.least, AHEAD_MS.most)) / SECOND_MS)
    faults.struck(size === undefined ? 'bursts' : 'largePayloads', EVERYWHERE, PUBLISHED_WITHIN_MS)
    for (let i = 0; i < count; i++)
      time.at(time.now() + faults.between(0, PUBLISHED_WITHIN_MS), () =>
        schedule(dueAtMs + faults.between(0, SECOND_MS - 1), size),
      )
  }
  const plan = (fromMs: number, bursting: () => void) => {
    if (fromMs >= untilMs) return
    time.at(faults.between(fromMs, Math.min(fromMs + EVERY_MS, untilMs)), bursting)
    time.at(fromMs + EVERY_MS, () => plan(fromMs + EVERY_MS, bursting))
  }
  if (faults.enabled.has('bursts') || faults.enabled.has('hotPartition')) plan(time.now(), () => burst(MANY))
  if (faults.enabled.has('largePayloads')) plan(time.now(), () => burst(LARGE, LARGEST_PAYLOAD))
}
