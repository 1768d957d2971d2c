import type { EndpointClient } from './endpoint.ts'

interface Message {
  ReceiptHandle: string
  Body: string
}

/** The calls of SQS that a benchmark makes. */
export function sqsClient(client: EndpointClient) {
  const call = async <Answer>(operation: string, request: object): Promise<Answer> => {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` }
    const { status, body } = await client.post('/', headers, JSON.stringify(request))
    if (status !== 200) throw new Error(`SQS answers ${status} to ${operation}: ${body.slice(0, 300)}`)
    return (body ? JSON.parse(body) : {}) as Answer
  }
  return {
    async createQueue(QueueName: string): Promise<{ url: string; arn: string }> {
      // Nothing comes back during a run: what is received twice was sent twice.
      const Attributes = { VisibilityTimeout: '3600' }
      const { QueueUrl } = await call<{ QueueUrl: string }>('CreateQueue', { QueueName, Attributes })
      const { Attributes: found } = await call<{ Attributes: { QueueArn: string } }>('GetQueueAttributes', {
        QueueUrl,
        AttributeNames: ['QueueArn'],
      })
      return { url: QueueUrl, arn: found.QueueArn }
    },
    async receive(QueueUrl: string, WaitTimeSeconds: number): Promise<Message[]> {
      const request = { QueueUrl, WaitTimeSeconds, MaxNumberOfMessages: 10 }
      return (await call<{ Messages?: Message[] }>('ReceiveMessage', request)).Messages ?? []
    },
    async deleteAll(QueueUrl: string, messages: readonly Message[]): Promise<void> {
      const Entries = messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }))
      await call('DeleteMessageBatch', { QueueUrl, Entries })
    },
  }
}
