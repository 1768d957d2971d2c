import { createRequire } from 'node:module'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { SchedulerError } from '../core/errors.ts'
import { PUBLISH_TIMEOUT_MS } from '../core/timetable.ts'
import type { AwsClient, Connection } from './aws-client.ts'
import { timeouts } from './timeouts.ts'

/** Longer than the longest poll of a queue. */
const POLL_MS = 30_000

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
      // The commands of the document client do with a plain one, too.
      if (clients.dynamodb) return clients.dynamodb as unknown as DynamoDBDocumentClient
      const [{ DynamoDBClient: Client }, { DynamoDBDocumentClient: Document }] = await Promise.all([
        import('@aws-sdk/client-dynamodb'),
        import('@aws-sdk/lib-dynamodb'),
      ])
      return Document.from(keep(new Client(config)))
    }),
    sqs: once(async (): Promise<AwsClient> => {
      if (clients.sqs) return clients.sqs
      const { SQSClient } = await import('@aws-sdk/client-sqs').catch(sayWhatIsMissing)
      // A queue's URL says where it is, but not how this machine reaches a stack in a container.
      return keep(new SQSClient({ ...config, requestHandler: timeouts(POLL_MS), useQueueUrlAsEndpoint: false }))
    }),
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

/** @throws SchedulerError `PACKAGE_MISSING` */
function sayWhatIsMissing(cause: unknown): never {
  const { peerDependencies } = createRequire(import.meta.url)('aws-scheduler/package.json')
  const name = '@aws-sdk/client-sqs'
  throw new SchedulerError(
    'PACKAGE_MISSING',
    `tail needs a package that is not installed: npm install "${name}@${peerDependencies[name]}"`,
    { cause },
  )
}
