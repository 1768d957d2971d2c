import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'
import { clientConfig } from '../aws-account.ts'
import { type Handler, type Inputs, nameOf, type Parts } from './handler.ts'

const POLL_MS = 5

/** Tables, made in dynalite. Time to live, backups and protection are declared, not applied: nothing expires here. */
export function dynamoDbHandlers({ endpoints }: Parts): Record<string, Handler> {
  const client = new DynamoDBClient(clientConfig(endpoints.dynamoDb))
  return {
    async 'aws:dynamodb/table:Table'(logicalName, inputs) {
      const name = nameOf(logicalName, inputs)
      const table = (await find(client, name)) ?? (await create(client, name, inputs))
      if (keysOf(table.KeySchema) !== keysOf(keySchema(inputs))) {
        throw new Error(`the data folder has a table ${name} with other keys: start once with --fresh`)
      }
      return { id: name, state: { ...inputs, name, arn: table.TableArn } }
    },
  }
}

async function find(client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}

async function create(client: DynamoDBClient, TableName: string, inputs: Inputs): Promise<TableDescription> {
  if (inputs.globalSecondaryIndexes || inputs.localSecondaryIndexes) {
    throw new Error('the local stack makes tables without indexes')
  }
  const attributes = inputs.attributes as { name: string; type: 'S' | 'N' | 'B' }[]
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
      KeySchema: keySchema(inputs),
    }),
  )
  for (;;) {
    const table = await find(client, TableName)
    if (table?.TableStatus === 'ACTIVE') return table
    await sleep(POLL_MS)
  }
}

const keySchema = ({ hashKey, rangeKey }: Inputs): KeySchemaElement[] => [
  { AttributeName: String(hashKey), KeyType: 'HASH' },
  ...(rangeKey ? [{ AttributeName: String(rangeKey), KeyType: 'RANGE' as const }] : []),
]

const keysOf = (schema: KeySchemaElement[] = []) => schema.map(({ AttributeName }) => AttributeName).join()
