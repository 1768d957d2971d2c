import { type EventsTable, eventsTable } from '../../aws/events-table.ts'
import { systemClock } from '../../aws/system-clock.ts'
import { eventKey, type ScheduledEvent } from '../../core/event.ts'
import { chooseLane } from '../../core/lane.ts'
import { minuteOf, slotOf } from '../../core/slot.ts'
import { startDynalite } from '../../test/support/dynalite.ts'
import { topicArn } from '../aws/sns.ts'
import { TARGET } from '../workload.ts'

/** Requests to the table, and what they read. */
export interface Reads {
  requests: number
  items: number
  /** Read capacity units, as the database reports them. */
  units: number
}

export interface ParkedTable {
  table: EventsTable
  /** Since the start. */
  reads: Reads
  /** Evenly over the next `spanMs` from `nowMs` on, so that every minute has its share. */
  parkOver(spanMs: number, events: number, nowMs: number): Promise<void>
  stop(): Promise<void>
}

const CHUNK = 500
const SAMPLE_PAYLOAD = 'payload '.padEnd(200, '.')

/** The gateway that is deployed, on dynalite in this process. */
export async function startParkedTable(): Promise<ParkedTable> {
  const { client, createTable, stop } = await startDynalite()
  const reads: Reads = { requests: 0, items: 0, units: 0 }
  client.middlewareStack.add(
    (next) => async (args) => {
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' })
      const result = await next(args)
      const { Count = 0, ConsumedCapacity } = result.output as { Count?: number; ConsumedCapacity?: Capacity }
      reads.requests++
      reads.items += Count
      reads.units += ConsumedCapacity?.CapacityUnits ?? 0
      return result
    },
    { step: 'initialize' },
  )
  const shared = { client, clock: systemClock, random: Math.random, retentionDays: 7 }
  const table = eventsTable({ ...shared, tableName: await createTable() })
  return { table, reads, parkOver: parkWith(table), stop }
}

interface Capacity {
  CapacityUnits?: number
}

/** @param aheadMs the first of them is due so long after now */
export function parkWith(table: EventsTable, aheadMs = 0): ParkedTable['parkOver'] {
  return async (spanMs, events, nowMs) => {
    for (let from = 0; from < events; from += CHUNK) {
      const length = Math.min(CHUNK, events - from)
      const parked = Array.from({ length }, (_, i) =>
        parkedEvent(from + i, nowMs + aheadMs + Math.floor(((from + i) / events) * spanMs), nowMs),
      )
      for (const minuteMs of new Set(parked.map(({ dueAtMs }) => minuteOf(dueAtMs))))
        await table.divideMinute(minuteMs, 1)
      await table.park(parked)
    }
  }
}

function parkedEvent(index: number, dueAtMs: number, nowMs: number): ScheduledEvent {
  const id = `parked-${index}`
  const slot = slotOf(dueAtMs, id, 1)
  const place = { slot, key: eventKey(dueAtMs, id, 1), lane: chooseLane(dueAtMs, slot, nowMs) }
  const content = {
    target: topicArn(TARGET),
    payload: SAMPLE_PAYLOAD,
    user: 'bench',
    date: new Date(dueAtMs).toISOString(),
  }
  return { id, dueAtMs, emitAtMs: dueAtMs, attempt: 1, ...place, ...content }
}
