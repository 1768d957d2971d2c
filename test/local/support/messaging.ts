import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { arnOf, clientConfig } from '../../../local/aws-account.ts'
import { listen, serve } from '../../../local/endpoint/endpoint.ts'
import { startMessaging } from '../../../local/messaging.ts'
import type { Outlets } from '../../../local/sns/deliveries.ts'

/** SNS and SQS behind an endpoint, and the real SDK's clients of them. Retries follow at once. */
export async function startSnsAndSqs(outlets: Partial<Outlets> = {}, folder?: string) {
  const logs: string[] = []
  const { server, endpoint } = await listen(0)
  const messaging = await startMessaging(endpoint, folder, {
    lambda: { has: () => false, invoke: async () => undefined },
    onLog: (_level, { message }) => logs.push(String(message)),
    retryDelaysMs: [0, 0, 0],
    ...outlets,
  })
  serve(server, messaging.services)
  const sqs = new SQSClient({ ...clientConfig(endpoint), maxAttempts: 1 })
  const sns = new SNSClient({ ...clientConfig(endpoint), maxAttempts: 1 })
  return {
    endpoint,
    messaging,
    logs,
    connections: () => promisify(server.getConnections).call(server),
    sqs,
    sns,
    async stop() {
      sqs.destroy()
      sns.destroy()
      server.closeAllConnections()
      server.close()
      await messaging.stop()
    },
  }
}
export type SnsAndSqs = Awaited<ReturnType<typeof startSnsAndSqs>>

export async function makeQueue({ sqs }: SnsAndSqs, QueueName = 'q') {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName }))
  return { QueueUrl, arn: arnOf('sqs', QueueName) }
}

export async function makeTopic({ sns }: SnsAndSqs, Name = 't') {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name }))
  return TopicArn
}

interface Wanted {
  TopicArn: string
  Protocol: string
  Endpoint: string
  Attributes?: Record<string, string>
}

/** @returns the ARN, of a subscription that waits to be confirmed too */
export async function subscribe({ sns }: SnsAndSqs, wanted: Wanted) {
  const { SubscriptionArn = '' } = await sns.send(new SubscribeCommand({ ...wanted, ReturnSubscriptionArn: true }))
  return SubscriptionArn
}

export const receive = async ({ sqs }: SnsAndSqs, QueueUrl: string, WaitTimeSeconds = 0) => {
  const all = { MaxNumberOfMessages: 10, MessageAttributeNames: ['All'], WaitTimeSeconds }
  return (await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...all }))).Messages ?? []
}

export interface Received {
  headers: IncomingHttpHeaders
  body: string
}

/**
 * An HTTP endpoint on this machine, which keeps what it gets.
 * @param answer the status of the answer to the request of a number
 */
export async function startReceiver(answer: (request: number) => number = () => 200) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
    response.writeHead(answer(received.length), { location: 'http://192.0.2.1/' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    ofType: (type: string) => received.filter(({ headers }) => headers['x-amz-sns-message-type'] === type),
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
export type Receiver = Awaited<ReturnType<typeof startReceiver>>
