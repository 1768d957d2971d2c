import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { TABLE_TIMEOUT_MS } from '../core/timetable.ts'
import { announcements } from './events-table/announcements.ts'
import { checkpoints } from './events-table/checkpoints.ts'
import { events } from './events-table/events.ts'
import { lookUps } from './events-table/look-up.ts'
import { outcomes } from './events-table/outcomes.ts'
import { runnerRecords } from './events-table/runner-records.ts'
import type { Table } from './events-table/table.ts'
import { watermarks } from './events-table/watermarks.ts'
import { timeouts } from './timeouts.ts'

/** The only code that reads or writes the events table: events, and the facts about what happened to them. */
export function eventsTable(table: Table) {
  return {
    ...events(table),
    ...announcements(table),
    ...outcomes(table),
    ...lookUps(table),
    ...checkpoints(table),
    ...runnerRecords(table),
    ...watermarks(table),
  }
}

/** The port is the type of the adapter. */
export type EventsTable = ReturnType<typeof eventsTable>

/** A client for the table, with retries enough for a throttled partition. */
export function documentClient(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    maxAttempts: 8,
    requestHandler: { ...timeouts(TABLE_TIMEOUT_MS), httpsAgent: { maxSockets: 200 } },
    ...config,
  })
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
}
