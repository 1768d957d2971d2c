import type { EventsReader } from '../aws/events-table.ts'
import type { Checkpoint, CheckpointWriter } from '../core/checkpoint.ts'
import { type EventRef, emitAtMsOf } from '../core/event.ts'
import { segmentsOf } from '../core/segment.ts'
import type { Slot } from '../core/slot.ts'
import { CHECKPOINT_MS, CLOCK_SKEW_MS } from '../core/timetable.ts'

export type DeliveriesTable = Pick<EventsReader, 'runnerRecord' | 'checkpoints' | 'checkpointsWritten'>

/** That an event was delivered, as a checkpoint tells it. */
export interface Delivery {
  /** How late, ms: counted from its due, or from its acceptance if that was later. Absent where it was not recorded. */
  lateMs?: number | undefined
  /** Who delivered it. */
  by: CheckpointWriter
}

/** What is published is written down within a second, and the write may take two. */
const WRITTEN_WITHIN_MS = CHECKPOINT_MS + 2_000

/**
 * Which of the events of a slot were delivered. Checkpoints stand in the order of time, so it looks where those of the
 * events must be; all others are read only if some are not found there: what went out late, or by a clock that was wrong.
 * @param keys of the events, in any order
 */
export async function deliveriesOf(
  table: DeliveriesTable,
  slot: Slot,
  keys: readonly string[],
): Promise<Map<string, Delivery>> {
  const found = new Map<string, Delivery>()
  if (keys.length === 0) return found
  const open = new Set(keys)
  const times = keys.map(emitAtMsOf)
  const fromMs = Math.min(...times) - CLOCK_SKEW_MS
  const toMs = Math.max(...times) + WRITTEN_WITHIN_MS
  const writers = await writersOf(table, slot, keys)
  const lookIn = async (by: CheckpointWriter, pages: AsyncIterable<Checkpoint[]>) => {
    for await (const page of pages) {
      for (const { delivered, lateMs } of page)
        delivered.forEach((key, i) => {
          if (open.delete(key)) found.set(key, { by, lateMs: lateMs[i] })
        })
      if (open.size === 0) return
    }
  }
  await Promise.all(writers.map((by) => lookIn(by, table.checkpointsWritten(slot, by, { fromMs, toMs }))))
  for (const by of writers) if (open.size > 0) await lookIn(by, table.checkpoints(slot, by))
  return found
}

/** Whether, and how, one event was delivered where it stands. */
export async function deliveryOf(table: DeliveriesTable, { slot, key }: EventRef): Promise<Delivery | undefined> {
  return (await deliveriesOf(table, slot, [key])).get(key)
}

/** Who may have delivered the events: the emitters of their segments, express, or the settler. */
async function writersOf(table: DeliveriesTable, slot: Slot, keys: readonly string[]): Promise<CheckpointWriter[]> {
  const { segments = segmentsOf(slot, []) } = await table.runnerRecord(slot)
  const theirs = segments.filter(({ from, to }) => keys.some((key) => from <= key && key < to))
  return [...theirs.map(({ index }) => index), 'express', 'settle']
}
