import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { batchGet, batchWrite } from './dynamodb/batches.ts'
import { unknown } from './dynamodb/errors.ts'
import { keyRangeOf } from './dynamodb/expressions/key-conditions.ts'
import type { Scope } from './dynamodb/expressions/reader.ts'
import type { Item } from './dynamodb/items.ts'
import { query } from './dynamodb/query.ts'
import { get, put, update } from './dynamodb/single.ts'
import { type Capacity, openStore, type Store, UNLIMITED } from './dynamodb/store.ts'

export const TABLE_NAME = 'events'

/** One table of DynamoDB, as a document client sees it. */
export interface DynamoDBInMemory {
  client: Pick<DynamoDBDocumentClient, 'send'>
  /** What lies in the table, for those who look at it without a request. */
  store: Store
}

/** A command, as far as its name depends on it. */
export interface Request {
  input: {
    Item?: Item
    Key?: Item
    // biome-ignore lint/suspicious/noExplicitAny: batches of reads and of writes differ
    RequestItems?: Record<string, any>
    KeyConditionExpression?: string
  } & Scope
}

/** Each command that is known: its name for people, and what it does. */
const OPERATIONS = [
  [BatchWriteCommand, 'BatchWrite', batchWrite],
  [BatchGetCommand, 'BatchGet', batchGet],
  [QueryCommand, 'Query', query],
  [PutCommand, 'Put', put],
  [UpdateCommand, 'Update', update],
  [GetCommand, 'Get', get],
] as const

/**
 * DynamoDB without a socket: the commands and expressions that the events table uses, at once and in one process. Held
 * against dynalite by `behavesLikeDynamoDB`. What it does not know it refuses.
 * @param capacity what its partitions can carry; everything where nothing is said
 */
export function dynamoDBInMemory(capacity: Capacity = UNLIMITED, tableName = TABLE_NAME): DynamoDBInMemory {
  const store = openStore(tableName, capacity)
  const send = async (command: Request) => {
    const [, , run] = operationOf(command)
    return run(store, command.input as never)
  }
  return { store, client: { send: send as DynamoDBDocumentClient['send'] } }
}

/** What a request does, and to what kind of item: `Put outcome`, `Query event`. */
export function requestName(command: Request): string {
  const [, operation] = operationOf(command)
  return `${operation} ${sortKeyOf(command.input).split('#')[0]}`
}

/** The first sort key that a request names. */
function sortKeyOf(input: Request['input']): string {
  if (input.KeyConditionExpression) return keyRangeOf(input.KeyConditionExpression, input).range.from
  const [batch] = Object.values(input.RequestItems ?? {})
  const key = input.Item ?? input.Key ?? batch?.Keys?.[0] ?? batch?.[0]?.PutRequest?.Item
  return String(key?.sk)
}

function operationOf(command: object) {
  const operation = OPERATIONS.find(([Command]) => command instanceof Command)
  if (!operation) throw unknown(`the command ${command.constructor.name}`)
  return operation
}
