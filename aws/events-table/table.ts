import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Clock, Random } from '../../core/clock.ts'

/** What the modules of the events table share. */
export interface Table {
  client: DynamoDBDocumentClient
  tableName: string
  clock: Clock
  random: Random
  /** How long facts are kept after the event was due, days. */
  retentionDays: number
}
