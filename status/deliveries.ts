import type { EventsReader } from '../aws/events-table.ts'
import type { Checkpoint, CheckpointWriter } from '../core/checkpoint.ts'
import { type EventHead, type EventRef, emitAtMsOf } from '../core/event.ts'
import { segmentsOf } from '../core/segment.ts'
import type { Slot } from '../core/slot.ts'
import { CLOCK_SKEW_MS } from '../core/timetable.ts'

export type DeliveriesTable = Pick<EventsReader, 'runnerRecord' | 'checkpoints' | 'checkpointsSince'>

/** That an event was delivered, as a checkpoint tells it. */
export interface Delivery {
  /** How late, ms: counted from its due, or from its acceptance if that was later. Absent where it was not recorded. */
  lateMs?: number | undefined
  /** Who delivered it. */
  by: CheckpointWriter
}

/** When an event went out, epoch ms; its due, or its acceptance if that was later, where it was not recorded how late it was. */
export function deliveredAtMs({ dueAtMs, acceptedAtMs }: Accepted, { lateMs = 0 }: Delivery): number {
  return Math.max(dueAtMs, acceptedAtMs ?? 0) + lateMs
}

type Accepted = Pick<EventHead, 'dueAtMs' | 'acceptedAtMs'>

/** Deliveries by the keys of the events. */
export type Deliveries = ReadonlyMap<string, Delivery>

/**
 * Which of the events of a slot were delivered. Checkpoints stand in the order of time, and nothing is published before
 * its time: so it reads from where the first of the events must stand, until all are found.
 * @param keys of the events, in any order
 */
export async function deliveriesOf(table: DeliveriesTable, slot: Slot, keys: readonly string[]): Promise<Deliveries> {
  if (keys.length === 0) return new Map()
  const writers = await writersOf(table, slot, keys)
  return deliveriesSince(table, { slot, keys, writers })
}

/**
 * Whether, and how, one event was delivered where it stands. One that is not found where it must be is looked for in all
 * checkpoints: a clock may have been set back before it was written down.
 */
export async function deliveryOf(table: DeliveriesTable, { slot, key }: EventRef): Promise<Delivery | undefined> {
  const writers = await writersOf(table, slot, [key])
  const found = await deliveriesSince(table, { slot, keys: [key], writers })
  if (found.size > 0) return found.get(key)
  return (await deliveriesIn([key], writers, (by) => table.checkpoints(slot, by))).get(key)
}

/** Whether an event may have been delivered all the same: a checkpoint that may name it cannot be read by this version. */
export async function isDeliveryUnreadable(table: DeliveriesTable, { slot, key }: EventRef): Promise<boolean> {
  for (const writer of await writersOf(table, slot, [key]))
    for await (const page of table.checkpoints(slot, writer))
      if (page.some(({ doubtUntilMs = Number.NEGATIVE_INFINITY }) => doubtUntilMs >= emitAtMsOf(key))) return true
  return false
}

interface Sought {
  slot: Slot
  keys: readonly string[]
  writers: readonly CheckpointWriter[]
}

function deliveriesSince(table: DeliveriesTable, { slot, keys, writers }: Sought): Promise<Deliveries> {
  const sinceMs = keys.reduce((first, key) => Math.min(first, emitAtMsOf(key)), Number.POSITIVE_INFINITY)
  return deliveriesIn(keys, writers, (by) => table.checkpointsSince(slot, by, sinceMs - CLOCK_SKEW_MS))
}

/** Reads what several writers have written, side by side, until all events are found. */
async function deliveriesIn(
  keys: readonly string[],
  writers: readonly CheckpointWriter[],
  read: (by: CheckpointWriter) => AsyncIterable<Checkpoint[]>,
): Promise<Deliveries> {
  const open = new Set(keys)
  const found = new Map<string, Delivery>()
  const lookIn = async (by: CheckpointWriter) => {
    for await (const page of read(by)) {
      for (const { delivered, lateMs } of page)
        delivered.forEach((key, i) => {
          if (open.delete(key)) found.set(key, { by, lateMs: lateMs[i] })
        })
      if (open.size === 0) return
    }
  }
  await Promise.all(writers.map(lookIn))
  return found
}

/** Who may have delivered the events: the emitters of their segments, express, or the settler. */
async function writersOf(table: DeliveriesTable, slot: Slot, keys: readonly string[]): Promise<CheckpointWriter[]> {
  const { segments = segmentsOf(slot, []) } = await table.runnerRecord(slot)
  const theirs = segments.filter(({ from, to }) => keys.some((key) => from <= key && key < to))
  return [...theirs.map(({ index }) => index), 'express', 'settle']
}
