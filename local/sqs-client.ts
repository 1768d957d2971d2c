import type { AwsClient } from '../aws/aws-client.ts'
import type { Queue, SqsStore } from './messaging.ts'

/** As much as is read of the commands that are answered here. Source: SQS API reference. */
interface Input {
  QueueUrl?: string
  MaxNumberOfMessages?: number
  WaitTimeSeconds?: number
  Entries?: { Id: string; ReceiptHandle: string }[]
}

/**
 * A client of SQS for what runs in the process of the queues: it takes from them, and deletes what it took, without a
 * request, which would keep the thread that serves SNS from its deliveries.
 * @param sdk what all else is asked of; made when it is needed
 */
export function sqsClient(queues: SqsStore, sdk: () => Promise<AwsClient>): AwsClient {
  const queueAt = (url = '') => {
    const queue = queues.getQueue(url)
    if (queue) return queue
    throw new Error(`there is no queue ${url}`)
  }
  const receive = async ({ QueueUrl, MaxNumberOfMessages = 1, WaitTimeSeconds = 0 }: Input, signal?: AbortSignal) => {
    const queue = queueAt(QueueUrl)
    const take = () => {
      // Who has gone takes nothing.
      signal?.throwIfAborted()
      return queue.dequeue(MaxNumberOfMessages, undefined, (arn) => queues.getQueueByArn(arn))
    }
    const Messages = take()
    if (Messages.length > 0 || WaitTimeSeconds === 0) return { Messages }
    await someComes(queue, WaitTimeSeconds, signal)
    return { Messages: take() }
  }
  const remove = ({ QueueUrl, Entries = [] }: Input) => {
    const queue = queueAt(QueueUrl)
    for (const { ReceiptHandle } of Entries) queue.deleteMessage(ReceiptHandle)
    return { Successful: Entries.map(({ Id }) => ({ Id })) }
  }
  return {
    async send(command, options) {
      const { input } = command as { input: Input }
      const { name } = command.constructor
      if (name === 'ReceiveMessageCommand') return receive(input, options?.abortSignal)
      if (name === 'DeleteMessageBatchCommand') return remove(input)
      return (await sdk()).send(command, options)
    },
  }
}

/** Waits for a message, for so long at most, or until it is aborted. */
function someComes(queue: Queue, seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    signal?.addEventListener('abort', wake)
    void queue.waitForMessages(seconds).then(wake)
  })
}
