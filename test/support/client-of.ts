import { eventsTable } from '../../aws/events-table.ts'
import { createClient } from '../../client/create-client.ts'
import type { ScheduledEvent } from '../../core/event.ts'
import { MINUTE_MS } from './builders.ts'
import { fakeClock } from './fake-clock.ts'
import { divide } from './parking.ts'
import { recordingAws } from './recording-aws.ts'

/** A client of stack `dev`, whose table holds these events, at `MINUTE_MS`. */
export async function clientOf(events: readonly ScheduledEvent[] = [], inbox: string[] = []) {
  const { requests, sent, clients, table: dynamodb } = recordingAws(inbox)
  const clock = fakeClock(MINUTE_MS)
  const place = { client: dynamodb.client, tableName: 'scheduler-events-dev' }
  const table = eventsTable({ ...place, clock, random: () => 0.5, retentionDays: 30 })
  await divide({ table, shards: 1 }, events)
  await table.park(events)
  return { client: createClient({ stack: 'dev', clients, clock }), table, clock, requests, sent }
}
