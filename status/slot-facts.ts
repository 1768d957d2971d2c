import type { EventsReader } from '../aws/events-table.ts'
import type { CheckpointWriter } from '../core/checkpoint.ts'
import { emitAtMsOf, FIRST_KEY, LAST_KEY } from '../core/event.ts'
import { addLateness, type Lateness, summarize } from '../core/lateness.ts'
import type { Segment } from '../core/segment.ts'
import { runnerName, type Slot, settleAtMs, slotEndMs, slotStartMs } from '../core/slot.ts'
import { PLAN_LEAD_MS, SWEEP_AHEAD_MS } from '../core/timetable.ts'
import type { RunnerState, SegmentFacts, SlotFacts, WriterFacts } from './facts.ts'
import type { LedgerTable } from './ledger.ts'
import { statsOf } from './slot-stats.ts'

export type SlotFactsTable = LedgerTable & Pick<EventsReader, 'incarnationOf'>

/**
 * One slot in detail, from the facts in the table alone: no execution is asked. Reads all its checkpoints and, until it is
 * settled, the keys of its events.
 */
export async function slotFacts(table: SlotFactsTable, slot: Slot, nowMs: number): Promise<SlotFacts> {
  const { segments, runs, settledAtMs } = await table.runnerRecord(slot)
  const [stats, express, settler, planned] = await Promise.all([
    statsOf(table, slot, nowMs),
    publishedBy(table, slot, 'express'),
    publishedBy(table, slot, 'settle'),
    segments && Promise.all(segments.map((segment) => segmentFacts(table, slot, segment))),
  ])
  return {
    slot,
    minuteMs: slotStartMs(slot),
    ...stats,
    state: stateOf({ slot, isPlanned: segments !== undefined, isSettled: settledAtMs !== undefined, nowMs }),
    runner: runnerName(slot, runs),
    runs,
    wakeAtMs: slotStartMs(slot) - PLAN_LEAD_MS,
    settleAtMs: settleAtMs(slot),
    settledAtMs,
    segments: planned,
    express: express.facts,
    settler: settler.facts,
  }
}

interface Known {
  slot: Slot
  isPlanned: boolean
  isSettled: boolean
  nowMs: number
}

/** Where the runner stands: what has been written down, and of what leaves no trace the timetable. */
function stateOf({ slot, isPlanned, isSettled, nowMs }: Known): RunnerState {
  const startMs = slotStartMs(slot)
  if (isSettled) return 'Done'
  if (isPlanned && nowMs < slotEndMs(slot)) return 'Deliver'
  if (isPlanned) return nowMs < settleAtMs(slot) ? 'WaitToSettle' : 'Settle'
  if (nowMs < startMs - SWEEP_AHEAD_MS) return 'ahead'
  return nowMs < startMs - PLAN_LEAD_MS ? 'WaitForSlot' : 'Plan'
}

async function segmentFacts(table: SlotFactsTable, slot: Slot, segment: Segment): Promise<SegmentFacts> {
  const { index, startMs, untilMs } = segment
  const [emitters, { facts, upTo }] = await Promise.all([
    table.incarnationOf(slot, index),
    publishedBy(table, slot, index),
  ])
  return { index, startMs, untilMs, emitters, ...facts, upToMs: instantOf(upTo, untilMs) }
}

/** A key as an instant; of the end of a segment, when the segment ends. */
function instantOf(upTo: string, untilMs: number): number | undefined {
  if (upTo === FIRST_KEY) return undefined
  return upTo === LAST_KEY ? untilMs : emitAtMsOf(upTo)
}

async function publishedBy(table: SlotFactsTable, slot: Slot, writer: CheckpointWriter) {
  const lateness: Lateness = {}
  let [delivered, checkpoints, upTo] = [0, 0, FIRST_KEY]
  for await (const page of table.checkpoints(slot, writer))
    for (const checkpoint of page) {
      checkpoints++
      delivered += checkpoint.delivered.length
      if (checkpoint.upTo > upTo) upTo = checkpoint.upTo
      for (const lateMs of checkpoint.lateMs) addLateness(lateness, lateMs)
    }
  const facts: WriterFacts = { delivered, checkpoints, latenessMs: summarize(lateness) }
  return { facts, upTo }
}
