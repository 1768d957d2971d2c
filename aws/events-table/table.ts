import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Clock, Random } from '../../core/clock.ts'
import { SchedulerError } from '../../core/errors.ts'

export type Client = Pick<DynamoDBDocumentClient, 'send'>

/** What reading the events table takes. */
export interface ReadableTable {
  client: Client
  tableName: string
  clock: Clock
  /** Is told of each item that this version cannot read; by default nobody is. */
  unreadable?: ((item: Unreadable) => void) | undefined
}

/** An item that is not what this version writes: a newer version's, or one made by hand. */
export interface Unreadable {
  pk: string
  sk: string
  /** What is wrong, in a sentence. */
  why: string
}

/** What the modules of the events table share. */
export interface Table extends ReadableTable {
  random: Random
  /** How long facts can be looked up after the event was due, days. */
  retentionDays: number
}

/**
 * The table's client, for one purpose: what it throws says that this could not be done. The only place where errors of
 * DynamoDB are translated.
 * @param purpose completes “could not …”
 */
export function clientTo(purpose: string, { client, tableName }: Pick<ReadableTable, 'client' | 'tableName'>): Client {
  const send = async (command: Parameters<Client['send']>[0]) => {
    try {
      return await client.send(command)
    } catch (cause) {
      throw faultOf(cause, tableName, purpose)
    }
  }
  return { send } as Client
}

/** What `write` did: whether its condition held. */
export async function ifConditionHolds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (fault) {
    if (fault instanceof SchedulerError && nameOf(fault.cause) === 'ConditionalCheckFailedException') return false
    throw fault
  }
}

/** What DynamoDB says when it has no capacity left. Source: DynamoDB developer guide, error handling. */
const THROTTLED = ['ThrottlingException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded']

/** Whether a request has failed for want of capacity, so that the same will pass a moment later. */
export function isThrottled({ cause }: SchedulerError): boolean {
  return THROTTLED.includes(nameOf(cause) ?? '')
}

/** Whether a request has failed because of what it asks, so that the same will never pass. */
export function isRefusal({ cause }: SchedulerError): boolean {
  return nameOf(cause) === 'ValidationException'
}

function faultOf(cause: unknown, tableName: string, purpose: string): SchedulerError {
  if (nameOf(cause) === 'ResourceNotFoundException')
    return new SchedulerError(
      'TABLE_NOT_FOUND',
      `There is no table ${tableName} in this account and region. Check its name, and that the stack is deployed.`,
      { cause },
    )
  return new SchedulerError('TABLE_UNAVAILABLE', `Could not ${purpose} in table ${tableName}: ${cause}`, { cause })
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined
}
