import { APART_BYTES } from '../../core/event-size.ts'
import { CHECKPOINT_MS, EMITTER_LEAD_MS, OUTAGE_DAYS, POLL_MS, READ_AHEAD_MS, SLOT_MS } from '../../core/timetable.ts'
import { MONTH_SECONDS, type Workload } from './workload.ts'

/** What a month of a workload uses of the table. Held against what the functions do by `test/infra/cost/usage.test.ts`. */
export interface TableUsage {
  /** Write units: of events, of checkpoints, and of all else. */
  eventWrites: number
  checkpointWrites: number
  otherWrites: number
  /** Read units: of events by planner, emitter and settler, of looking for news, and of all else. */
  eventReads: number
  pollReads: number
  otherReads: number
  /** GB that stand there at any time. */
  storedGb: number
}

const WRITE_BYTES = 1_024
const READ_BYTES = 4_096

/** Of an event besides its payload, bytes: with a MessageId as id, a user and an ARN of usual length. */
const FIELD_BYTES = 400
/** Of an item with a payload, besides that. */
const APART_FIELD_BYTES = 150
/** Of a checkpoint, and of each key in it. */
const CHECKPOINT_BYTES = 220
const KEY_BYTES = 54
/** What DynamoDB adds to each item it stores. Source: DynamoDB developer guide, item sizes and formats. */
const ITEM_OVERHEAD_BYTES = 100

/** An emitter's run: its lead, its minute, and what it looks for after that. A look is three calls of some ms each. */
const EMITTER_POLLS = (EMITTER_LEAD_MS + SLOT_MS + 2_000) / (POLL_MS + 30)
/** Looking for events, announcements and the owner: a unit each where nothing is found. Where it holds any, outcomes too. */
const READS_PER_POLL = 3

/** Of a used slot: the division of its minute, its owner, its segments, its settlement. */
const SLOT_WRITES = 4
/** Of a used slot: records by planner, settler and loader, checkpoints and outcomes. */
const SLOT_READS = 7
/** Of the loader's look at a minute, used or not: watermarks and minutes. */
const LOADER_WRITES = 2.3
const LOADER_READS = 4

/** Of an express event: its claim; it and its outcome, looked up before it is parked and before it is claimed, and again after. */
const EXPRESS_WRITES = 1
const EXPRESS_READS = 5
const EXPRESS_BYTES = 290
/** Of an express delivery: while it goes on and at its end. */
const EXPRESS_CHECKPOINTS = 1.2
/** Of an own id: its place, written before its event; and what is known of both, looked up before. */
const OWN_ID_WRITES = 1
const OWN_ID_READS = 4
const OWN_ID_BYTES = 240

/** How many slots of a month have events, and how full those are, where events come at random. */
export function slotsOf({ eventsPerMonth, settings }: Workload) {
  const all = (MONTH_SECONDS * 1_000 * settings.shards) / SLOT_MS
  const used = all * (1 - Math.exp(-eventsPerMonth / all))
  return { used, minutes: all / settings.shards, eventsPerSlot: used > 0 ? eventsPerMonth / used : 0 }
}

/** Units of the table and GB in it. */
export function tableUsage(workload: Workload): TableUsage {
  const { eventsPerMonth, payloadBytes, express = 0, ownIds = 0, inputBatch, settings } = workload
  const { used, minutes, eventsPerSlot } = slotsOf(workload)
  const isApart = payloadBytes > APART_BYTES
  const eventBytes = FIELD_BYTES + (isApart ? 0 : payloadBytes)
  const apartBytes = isApart ? APART_FIELD_BYTES + payloadBytes : 0
  const itsItems = eventBytes + apartBytes + (isApart ? 2 : 1) * ITEM_OVERHEAD_BYTES
  const storedBytes = itsItems + KEY_BYTES + OWN_ID_BYTES * ownIds + EXPRESS_BYTES * express
  return {
    eventWrites:
      eventsPerMonth * (unitsOf(eventBytes, WRITE_BYTES) + unitsOf(apartBytes, WRITE_BYTES) + OWN_ID_WRITES * ownIds),
    checkpointWrites: checkpointWrites(workload) + (EXPRESS_CHECKPOINTS * express * eventsPerMonth) / inputBatch,
    otherWrites: SLOT_WRITES * used + LOADER_WRITES * minutes + EXPRESS_WRITES * express * eventsPerMonth,
    // Three read every event: what a query reads is added up before it is rounded.
    eventReads: eventsPerMonth * ((3 * eventBytes) / READ_BYTES + unitsOf(apartBytes, READ_BYTES)),
    pollReads: used * EMITTER_POLLS * (READS_PER_POLL + 1 - Math.exp((-eventsPerSlot * READ_AHEAD_MS) / SLOT_MS)),
    otherReads:
      SLOT_READS * used +
      LOADER_READS * minutes +
      (OWN_ID_READS * ownIds + EXPRESS_READS * express + KEY_BYTES / READ_BYTES) * eventsPerMonth,
    storedGb: (eventsPerMonth * storedBytes * ((settings.retentionDays + OUTAGE_DAYS) / 30)) / 1e9,
  }
}

/** A checkpoint a second, of what was published in it; none where nothing was. */
function checkpointWrites(workload: Workload): number {
  const { express = 0 } = workload
  const { used, eventsPerSlot: all } = slotsOf(workload)
  const eventsPerSlot = all * (1 - express)
  const checkpoints = SLOT_MS / CHECKPOINT_MS
  const written = checkpoints * (1 - Math.exp(-eventsPerSlot / checkpoints))
  if (written === 0) return 0
  const bytes = CHECKPOINT_BYTES + (KEY_BYTES * eventsPerSlot) / written
  // What is rounded up is half a unit on average, once it is more than one.
  return used * written * Math.max(1, bytes / WRITE_BYTES + 0.5)
}

function unitsOf(bytes: number, of: number): number {
  return Math.ceil(bytes / of)
}
