import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { announcements } from './events-table/announcements.ts'
import { checkpoints } from './events-table/checkpoints.ts'
import { events } from './events-table/events.ts'
import { lookUps } from './events-table/look-up.ts'
import { outcomes } from './events-table/outcomes.ts'
import { runnerRecords } from './events-table/runner-records.ts'
import type { Table } from './events-table/table.ts'
import { watermarks } from './events-table/watermarks.ts'

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
export function documentClient(): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    maxAttempts: 8,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 5_000, httpsAgent: { maxSockets: 200 } },
  })
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
}
