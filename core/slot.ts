import { GRACE_MS, PLAN_LEAD_MS, SLOT_MS } from './timetable.ts'

/** Most shards a minute may have: two digits in a slot's name, and a sweep asks for each shard of a minute. */
export const MAX_SHARDS = 64

/**
 * One UTC minute on one shard, e.g. `2026-11-23T12-34Z-00`: partition key of its events and name of its runner. Made of
 * characters that an execution name may have. Source: Step Functions API reference, StartExecution.
 */
export type Slot = string

/** The slot on `shard` of the minute that holds `atMs`. */
export function slotAt(atMs: number, shard: number): Slot {
  return `${minuteName(atMs)}-${String(shard).padStart(2, '0')}`
}

/** The UTC minute that holds `atMs`, e.g. `2026-11-23T12-34Z`. */
export function minuteName(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace(':', '-')}Z`
}

/** The slot of an event, in a minute of so many shards: which one depends on the id alone. */
export function slotOf(atMs: number, id: string, shards: number): Slot {
  return slotAt(atMs, fnv1a(id) % shards)
}

/** Whether a text is the name of a slot that there can be. */
export function isSlot(text: unknown): text is Slot {
  if (typeof text !== 'string') return false
  const startMs = slotStartMs(text)
  return !Number.isNaN(startMs) && slotsOfMinute(startMs, MAX_SHARDS).includes(text)
}

/** Start of the minute of a slot, or of the minute that is named, epoch ms. */
export function slotStartMs(slot: Slot): number {
  return Date.parse(`${slot.slice(0, 13)}:${slot.slice(14, 16)}:00.000Z`)
}

/** End of the slot's minute (exclusive), epoch ms. */
export function slotEndMs(slot: Slot): number {
  return slotStartMs(slot) + SLOT_MS
}

/** Start of the minute that holds `atMs`, epoch ms. */
export function minuteOf(atMs: number): number {
  return Math.floor(atMs / SLOT_MS) * SLOT_MS
}

/** All slots of the minute that holds `atMs`. */
export function slotsOfMinute(atMs: number, shards: number): Slot[] {
  return Array.from({ length: shards }, (_, shard) => slotAt(atMs, shard))
}

/** The earliest instant at which a slot may be settled, epoch ms. */
export function settleAtMs(slot: Slot): number {
  return slotEndMs(slot) + GRACE_MS
}

/** Whole seconds, rounded down: the resolution of a Wait, which cuts off milliseconds. Source: Amazon States Language, Wait. */
export function waitTimestamp(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`
}

/**
 * Input of a slot's runner. It is a function of the slot alone: starting a Standard execution twice is one call with the
 * same name and the same input, and two with another. Source: Step Functions API reference, StartExecution.
 */
export function runnerInput(slot: Slot): string {
  return JSON.stringify({ slot, wakeAt: waitTimestamp(slotStartMs(slot) - PLAN_LEAD_MS) })
}

/** Name of the slot's `run`-th runner; the first is named like the slot. */
export function runnerName(slot: Slot, run: number): string {
  return run === 1 ? slot : `${slot}-${run}`
}

/** 32-bit FNV-1a: spreads ids evenly, and the same everywhere and for ever. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
