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
 * The client of the console of the local stack. It runs in the thread that serves SNS and SQS, where each request to the
 * stack's own port makes deliveries wait: so it asks the table in its thread, and takes from queues without a request.
 */
export function consoleClient({ endpoint, dynamoDbEndpoint, queues }: ConsoleClientParts): Client {
  const table = connections(clientConfig(dynamoDbEndpoint))
  const rest = connections(clientConfig(endpoint))
  const dynamodb: AwsClient = {
    send: async (command, options) => ((await table.dynamodb()) as unknown as AwsClient).send(command, options),
  }
  const client = createClient({ local: true, endpoint, clients: { dynamodb, sqs: sqsClient(queues, rest.sqs) } })
  return {
    ...client,
    close() {
      for (const each of [client, table, rest]) each.close()
    },
  }
}
