import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { PREFIX } from '../../aws/events-table/items.ts'
import type { EventsTable } from '../../aws/events-table.ts'
import { retriesInTime } from '../../aws/table-retries.ts'
import { type Capacity, UNLIMITED } from '../memory/dynamodb/store.ts'
import { dynamoDBInMemory, type Request, requestName } from '../memory/dynamodb.ts'
import { eventsInMemory } from '../memory/events-table.ts'
import { viewsOf } from '../memory/table-views.ts'
import type { Instance } from './instance.ts'
import type { Judge } from './judge.ts'
import type { Region } from './region.ts'

/** Facts are kept this long, days: longer than any event takes, short enough for memory. */
const RETENTION_DAYS = 0.5

/** Chance that a batch is done in part, and how much of it is left over then. */
const LEFTOVERS = 1 / 50
const LEFT = 0.3

/** One table for all, into which each instance writes the times of its own clock. */
export function openTable(judge: Judge, region: Region) {
  const { time, faults } = region
  const inPart = { now: false }
  const dynamodb = dynamoDBInMemory(capacityOf(region, inPart))
  const views = viewsOf(dynamodb.store, time)
  const carryOut = (command: Request, { way }: Instance) => {
    inPart.now = requestName(command).startsWith('Batch') && faults.strikes('leftovers', LEFTOVERS)
    if (inPart.now) faults.struck('leftovers', way)
    const answer = dynamodb.client.send(command as never)
    inPart.now = false
    return answer
  }
  const watched = async (command: Request, instance: Instance) => {
    const answer = await carryOut(command, instance)
    const { sk, kind, pk, delivered } = (command instanceof PutCommand && command.input.Item) || {}
    if (kind === 'cancelled') judge.cancelWritten({ slot: pk, key: sk.slice(PREFIX.outcome.length) })
    if (sk?.startsWith(PREFIX.checkpoint)) judge.recorded(pk, delivered)
    return answer
  }
  return {
    /** The table as an instance sees it: every request and every repetition by the SDK goes through its `call`. */
    as(instance: Instance): EventsTable {
      const { clock } = instance
      const send = (command: Request) =>
        retried(region, () => instance.call(requestName(command), () => watched(command, instance)))
      const seen = { ...dynamodb, client: { send: send as DynamoDBDocumentClient['send'] } }
      return eventsInMemory({ clock, random: faults.random, retentionDays: RETENTION_DAYS, dynamodb: seen })
    },
    ...views,
  }
}

/** What a batch that is done in part leaves over. */
function capacityOf({ faults }: Region, inPart: { now: boolean }): Capacity {
  return { ...UNLIMITED, admits: () => !(inPart.now && faults.random() < LEFT) }
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
