import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { AwsClient } from '../aws/aws-client.ts'
import { connections } from '../aws/connections.ts'
import { type Client, createClient } from '../client/index.ts'
import { tail } from '../client/tail.ts'
import type { Clock } from '../core/clock.ts'
import { clientConfig } from './aws-account.ts'
import type { Publications } from './publications.ts'
import { tailOfTopics } from './tail-of-topics.ts'
import { inTurns } from './turns.ts'

export interface ConsoleClientParts {
  /** Of the stack's port. */
  endpoint: string
  /** Of its table, which is served in a thread of its own. */
  dynamoDbEndpoint: string
  publications: Publications
  clock: Clock
}

/**
 * Most items of one answer of the table. Each answer is parsed in one go, while SNS and SQS wait: two or three
 * milliseconds, where a whole megabyte of keys takes fifty. Whole items are larger: a checkpoint takes as long as tens of keys.
 */
const PAGE_ITEMS = { parts: 200, whole: 20 }

/** After a page reading rests so many times as long as that took: what is delivered meanwhile goes out between two pages. */
const REST = 2

/**
 * The client of the console of the local stack. It runs in the thread that serves SNS and SQS, where each request to the
 * stack's own port makes deliveries wait: so it asks the table in its thread, and hears of deliveries without a queue.
 */
export function consoleClient({ endpoint, dynamoDbEndpoint, publications, clock }: ConsoleClientParts): Client {
  const table = connections(clientConfig(dynamoDbEndpoint))
  const turn = oneByOne(clock)
  const dynamodb: AwsClient = {
    async send(command, options) {
      const sdk = (await table.dynamodb()) as unknown as AwsClient
      return command instanceof QueryCommand
        ? turn(() => sdk.send(inSmallPages(command), options))
        : sdk.send(command, options)
    },
  }
  const client = createClient({ local: true, endpoint, clients: { dynamodb } })
  const listenTo = async (topicArns?: readonly string[]) => {
    const { outputTopicArn, failureTopicArn } = await client.stack()
    return tailOfTopics(publications, topicArns ?? [outputTopicArn, failureTopicArn])
  }
  return {
    ...client,
    tail: (options = {}) => tail({ open: () => listenTo(options.topicArns), clock }, options),
    close() {
      for (const each of [client, table]) each.close()
    },
  }
}

/** A query that asks for no more than one small page. */
export function inSmallPages({ input }: QueryCommand): QueryCommand {
  const most = input.ProjectionExpression || input.Select === 'COUNT' ? PAGE_ITEMS.parts : PAGE_ITEMS.whole
  return new QueryCommand({ ...input, Limit: Math.min(input.Limit ?? most, most) })
}

/** Asks one thing after the other, with a rest before the next. */
export function oneByOne(clock: Clock) {
  const inTurn = inTurns(1)
  return <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    void inTurn(async () => {
      const askedAtMs = clock.now()
      await ask().then(resolve, reject)
      await clock.sleep(REST * (clock.now() - askedAtMs))
    })
    return promise
  }
}
