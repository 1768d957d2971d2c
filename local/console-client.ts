import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { AwsClient } from '../aws/aws-client.ts'
import { connections } from '../aws/connections.ts'
import { type Client, createClient } from '../client/index.ts'
import { clientConfig } from './aws-account.ts'
import type { SqsStore } from './messaging.ts'
import { sqsClient } from './sqs-client.ts'

export interface ConsoleClientParts {
  /** Of the stack's port. */
  endpoint: string
  /** Of its table, which is served in a thread of its own. */
  dynamoDbEndpoint: string
  queues: SqsStore
}

/**
 * Most items of one answer of the table. Each answer is parsed in one go, while SNS and SQS wait: two or three
 * milliseconds, where a whole megabyte of keys takes fifty.
 */
const PAGE_ITEMS = 200

/**
 * The client of the console of the local stack. It runs in the thread that serves SNS and SQS, where each request to the
 * stack's own port makes deliveries wait: so it asks the table in its thread, and takes from queues without a request.
 */
export function consoleClient({ endpoint, dynamoDbEndpoint, queues }: ConsoleClientParts): Client {
  const table = connections(clientConfig(dynamoDbEndpoint))
  const rest = connections(clientConfig(endpoint))
  const dynamodb: AwsClient = {
    async send(command, options) {
      const sdk = (await table.dynamodb()) as unknown as AwsClient
      return sdk.send(command instanceof QueryCommand ? inSmallPages(command) : command, options)
    },
  }
  const client = createClient({ local: true, endpoint, clients: { dynamodb, sqs: sqsClient(queues, rest.sqs) } })
  return {
    ...client,
    close() {
      for (const each of [client, table, rest]) each.close()
    },
  }
}

/** A query that asks for no more than one small page. */
export function inSmallPages({ input }: QueryCommand): QueryCommand {
  return new QueryCommand({ ...input, Limit: Math.min(input.Limit ?? PAGE_ITEMS, PAGE_ITEMS) })
}
