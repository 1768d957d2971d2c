import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Unreadable } from '../../aws/events-table/table.ts'
import { type EventsTable, eventsTable } from '../../aws/events-table.ts'
import type { Clock, Random } from '../../core/clock.ts'
import { type DynamoDBInMemory, dynamoDBInMemory, TABLE_NAME } from './dynamodb.ts'
import { type TableViews, viewsOf } from './table-views.ts'

export interface EventsInMemory extends EventsTable, TableViews {}

interface Setting {
  clock: Clock
  random: Random
  retentionDays?: number
  dynamodb?: DynamoDBInMemory
  unreadable?: ((item: Unreadable) => void) | undefined
}

/** The events table itself, over DynamoDB in memory. */
export function eventsInMemory({
  clock,
  random,
  retentionDays = 30,
  dynamodb = dynamoDBInMemory(),
  unreadable,
}: Setting): EventsInMemory {
  const client = dynamodb.client as DynamoDBDocumentClient
  return {
    ...eventsTable({ client, tableName: TABLE_NAME, clock, random, retentionDays, unreadable }),
    ...viewsOf(dynamodb.store, clock),
  }
}
