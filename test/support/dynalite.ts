import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { CreateTableCommand, DeleteTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import dynalite from 'dynalite'
import { documentClient } from '../../aws/events-table.ts'

export interface Dynalite {
  endpoint: string
  client: DynamoDBDocumentClient
  /** @returns the name of a new, empty table */
  createTable(): Promise<string>
  stop(): Promise<void>
}

/** DynamoDB in this process, in memory. */
export async function startDynalite(): Promise<Dynalite> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${port}`
  const config = { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'none', secretAccessKey: 'none' } }
  const raw = new DynamoDBClient(config)
  const client = documentClient(Math.random, config)
  let tables = 0
  return {
    endpoint,
    client,
    async createTable() {
      const TableName = `events-${++tables}`
      if (tables > 1) await raw.send(new DeleteTableCommand({ TableName: `events-${tables - 1}` }))
      await raw.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        }),
      )
      while ((await raw.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus !== 'ACTIVE');
      return TableName
    },
    async stop() {
      client.destroy()
      raw.destroy()
      raw.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
