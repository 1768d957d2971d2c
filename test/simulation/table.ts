import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { linesOf, PREFIX } from '../../aws/events-table/items.ts'
import type { EventsTable } from '../../aws/events-table.ts'
import { retriesInTime } from '../../aws/table-retries.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import type { Slot } from '../../core/slot.ts'
import { OUTAGE_DAYS } from '../../core/timetable.ts'
import { dynamoDBInMemory, type Request, requestName } from '../memory/dynamodb.ts'
import { eventsInMemory } from '../memory/events-table.ts'
import { viewsOf } from '../memory/table-views.ts'
import { startCapacity } from './capacity.ts'
import type { FaultName } from './faults.ts'
import type { Instance } from './instance.ts'
import { itemsWritten } from './items-written.ts'
import type { Judge } from './judge.ts'
import { startNewerVersion } from './newer-version.ts'
import type { Region } from './region.ts'

/**
 * Facts are kept half a day: longer than any event takes. The table adds the days of an outage, which are taken off again
 * where the run has none, for memory, and so that what is over expires within it.
 */
const RETENTION_DAYS = 0.5
const DAY_MS = 24 * 3_600_000

/** For how long the table of a run keeps what is over, ms. */
export function keptMs(enabled: ReadonlySet<FaultName>): number {
  return (RETENTION_DAYS + (enabled.has('longOutage') ? OUTAGE_DAYS : 0)) * DAY_MS
}

/** Chance that what has expired is deleted when it is looked for, every ten minutes: after an hour, and two days at times. */
const DELETED = 1 / 6

/** One table for all, into which each instance writes the times of its own clock. */
export function openTable(judge: Judge, region: Region) {
  const { time, faults } = region
  const { capacity, measured } = startCapacity(region)
  const newer = startNewerVersion(region)
  const dynamodb = dynamoDBInMemory(capacity)
  const views = viewsOf(dynamodb.store, time)
  const watched = async (command: Request, { way }: Instance) => {
    const isBatch = requestName(command).startsWith('Batch')
    const { answer, readingMs } = await measured({ isBatch, way }, () => dynamodb.client.send(command as never))
    const { sk, kind, pk, delivered } = (command instanceof PutCommand && command.input.Item) || {}
    if (kind === 'cancelled') judge.cancelWritten({ slot: pk, key: sk.slice(PREFIX.outcome.length) })
    if (sk?.startsWith(PREFIX.checkpoint)) judge.recorded(pk, linesOf(delivered))
    const written = itemsWritten(command, answer as { UnprocessedItems?: object })
    for (const { pk, sk, ...event } of written)
      if (String(sk).startsWith(PREFIX.event))
        judge.parked({ ...event, slot: pk, key: String(sk).slice(PREFIX.event.length) } as ScheduledEvent)
    newer.wrote(written)
    if (readingMs > 0) await region.pass(readingMs)
    return newer.read(answer)
  }
  const expires = faults.enabled.has('expiry')
  const retentionDays = keptMs(faults.enabled) / DAY_MS - OUTAGE_DAYS
  const decayed = new Set<Slot>()
  const decay = (slot: Slot) => {
    // It holds up nothing: what is deleted has ended, or is kept for longer.
    faults.struck('expiry', [])
    decayed.add(slot)
  }
  return {
    /** The table as an instance sees it: every request and every repetition by the SDK goes through its `call`. */
    as(instance: Instance): EventsTable {
      const { clock } = instance
      const send = (command: Request) =>
        retried(region, () => instance.call(requestName(command), () => watched(command, instance)))
      const seen = { ...dynamodb, client: { send: send as DynamoDBDocumentClient['send'] } }
      return eventsInMemory({ clock, random: faults.random, retentionDays, dynamodb: seen })
    },
    ...views,
    /** What lies in it, for those who look at it without a request. */
    store: dynamodb.store,
    /** Names of the slots about which all is known that ever was. */
    slots: () => views.slots().filter((slot) => !decayed.has(slot)),
    /** The time to live: whole slots at once where it is no fault of the run, or item by item, in no order. */
    forgetExpired(): void {
      if (expires) for (const slot of views.deleteExpired(() => faults.strikes('expiry', DELETED))) decay(slot)
      else views.forgetExpired()
    },
  }
}

/** As the SDK does it, with the retries that `documentClient` gives it. */
async function retried<T>({ faults, pass }: Region, request: () => Promise<T>): Promise<T> {
  const retries = retriesInTime(faults.random)
  for (let token = await retries.acquireInitialRetryToken(''); ; ) {
    try {
      return await request()
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ThrottlingException')) throw error
      token = await retries.refreshRetryTokenForRetry(token, { errorType: 'THROTTLING' }).catch(() => {
        throw error
      })
      await pass(token.getRetryDelay())
    }
  }
}
