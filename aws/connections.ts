import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { PUBLISH_TIMEOUT_MS } from '../core/timetable.ts'
import type { AwsClient, Connection } from './aws-client.ts'
import { timeouts } from './timeouts.ts'

/** SDK clients, each loaded and made when it is first asked for: who only schedules pays for SNS alone. */
export function connections({ clients = {}, ...settings }: Connection) {
  const config = {
    ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
    requestHandler: timeouts(PUBLISH_TIMEOUT_MS),
  }
  const made: { destroy(): void }[] = []
  const keep = <Client extends { destroy(): void }>(client: Client): Client => {
    made.push(client)
    return client
  }
  return {
    sns: once(async (): Promise<AwsClient> => {
      if (clients.sns) return clients.sns
      const { SNSClient } = await import('@aws-sdk/client-sns')
      return keep(new SNSClient(config))
    }),
    dynamodb: once(async (): Promise<DynamoDBDocumentClient> => {
      const [{ DynamoDBClient: Client }, { DynamoDBDocumentClient: Document }] = await Promise.all([
        import('@aws-sdk/client-dynamodb'),
        import('@aws-sdk/lib-dynamodb'),
      ])
      const client = (clients.dynamodb as DynamoDBClient | undefined) ?? keep(new Client(config))
      return Document.from(client, { marshallOptions: { removeUndefinedValues: true } })
    }),
    /** The Region that the SDK is in. */
    region: async (): Promise<string> => {
      const { SNSClient } = await import('@aws-sdk/client-sns')
      const client = new SNSClient(config)
      const region = await client.config.region()
      client.destroy()
      return region
    },
    /** Closes what was made here. */
    close(): void {
      for (const client of made.splice(0)) client.destroy()
    },
  }
}

export type Connections = ReturnType<typeof connections>

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make()
    return made
  }
}
