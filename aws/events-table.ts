import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Random } from '../core/clock.ts'
import { TABLE_TIMEOUT_MS } from '../core/timetable.ts'
import { announcementReads, announcementWrites } from './events-table/announcements.ts'
import { checkpointReads, checkpointWrites } from './events-table/checkpoints.ts'
import { eventReads, eventWrites } from './events-table/events.ts'
import { leaseWrites } from './events-table/leases.ts'
import { lookUps } from './events-table/look-up.ts'
import { minuteReads, minuteWrites } from './events-table/minutes.ts'
import { outcomeReads, outcomeWrites } from './events-table/outcomes.ts'
import { ownIdReads, ownIdWrites } from './events-table/own-ids.ts'
import { ownerReads, ownerWrites } from './events-table/owners.ts'
import { runnerRecordReads, runnerRecordWrites } from './events-table/runner-records.ts'
import type { ReadableTable, Table } from './events-table/table.ts'
import { unsettledSlotReads, unsettledSlotWrites } from './events-table/unsettled-slots.ts'
import { watermarkReads, watermarkWrites } from './events-table/watermarks.ts'
import { retriesInTime } from './table-retries.ts'
import { timeouts } from './timeouts.ts'
import { unlogged } from './unlogged.ts'

/** The only code that reads the events table: events, and the facts about what happened to them. */
export function eventsReader(table: ReadableTable) {
  return {
    ...minuteReads(table),
    ...eventReads(table),
    ...announcementReads(table),
    ...outcomeReads(table),
    ...lookUps(table),
    ...checkpointReads(table),
    ...ownerReads(table),
    ...ownIdReads(table),
    ...runnerRecordReads(table),
    ...watermarkReads(table),
    ...unsettledSlotReads(table),
  }
}

/** The same together with the only code that writes it. */
export function eventsTable(table: Table) {
  return {
    ...eventsReader(table),
    ...minuteWrites(table),
    ...eventWrites(table),
    ...announcementWrites(table),
    ...outcomeWrites(table),
    ...checkpointWrites(table),
    ...ownerWrites(table),
    ...ownIdWrites(table),
    ...leaseWrites(table),
    ...runnerRecordWrites(table),
    ...watermarkWrites(table),
    ...unsettledSlotWrites(table),
  }
}

/** Those who only look take this: the reading half of the port. */
export type EventsReader = ReturnType<typeof eventsReader>

/** The port is the type of the adapter. */
export type EventsTable = ReturnType<typeof eventsTable>

/**
 * A client for the table, each of whose calls ends within `TABLE_CALL_MS`.
 * @param random spreads the retries of many
 */
export function documentClient(random: Random, config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    retryStrategy: retriesInTime(random),
    requestHandler: { ...timeouts(TABLE_TIMEOUT_MS), httpsAgent: { maxSockets: 200 } },
    ...config,
  })
  return DynamoDBDocumentClient.from(unlogged(client), { marshallOptions: { removeUndefinedValues: true } })
}
