import { setTimeout as sleep } from 'node:timers/promises'
import type { LambdaHost } from '../lambda/host.ts'
import type { Queue, SqsStore } from '../messaging.ts'
import { failedOf, sqsRecord } from './sqs-records.ts'

export interface MappingSpec {
  queueArn: string
  functionArn: string
  batchSize: number
  /** How long a batch is gathered, ms; 0: not at all. */
  windowMs: number
  /**
   * Most batches that are handled at once.
   *
   * @default as many as the local stack has at most
   */
  mostAtOnce?: number | undefined
  reportsItemFailures: boolean
}

type Received = ReturnType<Queue['dequeue']>[number]

/** Batches that are handled side by side. AWS begins with five, too. */
const POLLERS = 4
/** The most there are while batches are full and more waits. AWS adds up to a thousand; on two cores more only wait. */
const MOST_POLLERS = 12
/** SQS's longest long poll. */
const WAIT_SECONDS = 20
/**
 * Polls that follow each other wait this long for more messages to come, ms. On AWS the time that requests to SQS take
 * has the same effect: under load batches fill up, and cost less. A message after a pause is taken at once.
 */
const GATHER_MS = 50
/** Messages that Lambda receives by one request. */
const RECEIVED_AT_ONCE = 10
/** Beyond these bytes a batch is full: ten of the longest messages might not fit besides. Source: Lambda quotas, 6 MB. */
const FULL_BYTES = 6 * 1024 * 1024 - RECEIVED_AT_ONCE * 256 * 1024
/** What is not done by then is killed, and taken back when the stack starts again. */
const STOP_WITHIN_MS = 1_000

/**
 * Hands a queue's messages to a function, as Lambda does: what succeeds is deleted, what fails stays where it is
 * until its visibility timeout. Takes from the queue itself rather than over HTTP, so that stopping swallows nothing.
 */
export function startEventSourceMapping(spec: MappingSpec, queues: SqsStore, lambda: LambdaHost) {
  const queue = queues.getQueueByArn(spec.queueArn)
  if (!queue) throw new Error(`event source ${spec.queueArn} is not a queue of the local stack`)
  let stopping = false
  takeBack(queue)

  const take = (from: Queue, most: number) =>
    from.dequeue(Math.min(most, RECEIVED_AT_ONCE), undefined, (arn) => queues.getQueueByArn(arn))

  /** Takes more messages until the batch is full, or its window over. */
  async function fill(batch: Received[], from: Queue): Promise<void> {
    const untilMs = performance.now() + spec.windowMs
    const leftMs = () => untilMs - performance.now()
    let bytes = bytesOf(batch)
    while (!stopping && batch.length < spec.batchSize && bytes <= FULL_BYTES && leftMs() > 0) {
      const more = take(from, spec.batchSize - batch.length)
      batch.push(...more)
      bytes += bytesOf(more)
      if (more.length === 0) await from.waitForMessages(Math.max(0, leftMs()) / 1_000)
    }
  }

  async function gather(from: Queue): Promise<Received[]> {
    const batch = take(from, spec.batchSize)
    if (batch.length > 0 && spec.windowMs > 0) await fill(batch, from)
    return batch
  }

  const { mostAtOnce = MOST_POLLERS } = spec
  const least = Math.min(POLLERS, mostAtOnce)
  const more = new Set<Promise<void>>()
  const isLong = (from: Queue) => from.messages.length >= spec.batchSize
  async function pollWhileLong(from: Queue): Promise<void> {
    for (let isFull = true; isFull && !stopping; ) {
      const batch = await gather(from)
      isFull = batch.length === spec.batchSize
      if (batch.length > 0) await handle(from, batch)
    }
  }
  /** Has one more poller take batches, for as long as they are full. */
  function pollMore(from: Queue): void {
    if (least + more.size >= Math.min(mostAtOnce, MOST_POLLERS)) return
    const polling: Promise<void> = pollWhileLong(from).finally(() => more.delete(polling))
    more.add(polling)
  }

  let tookAtMs = 0
  async function poll(from: Queue): Promise<void> {
    while (!stopping) {
      const batch = await gather(from)
      if (batch.length > 0) {
        tookAtMs = performance.now()
        if (isLong(from)) pollMore(from)
        await handle(from, batch)
      } else {
        await from.waitForMessages(WAIT_SECONDS)
        const sinceMs = performance.now() - tookAtMs
        if (sinceMs < GATHER_MS) await sleep(GATHER_MS - sinceMs)
      }
    }
  }

  async function handle(from: Queue, batch: readonly Received[]): Promise<void> {
    const Records = batch.map((message) => sqsRecord(message, from))
    const failed = await lambda.invoke(spec.functionArn, { Records }).then(
      (response) => (spec.reportsItemFailures ? failedOf(response, Records) : new Set<string>()),
      () => 'all' as const,
    )
    if (failed === 'all') return
    for (const { messageId, receiptHandle } of Records) if (!failed.has(messageId)) from.deleteMessage(receiptHandle)
  }

  const pollers = Array.from({ length: least }, () => poll(queue))
  return {
    /** Stops taking messages; resolves when the batches in hand are done, or have had their time. */
    async stop(): Promise<void> {
      stopping = true
      queue.cancelWaiters()
      await Promise.race([Promise.all([...pollers, ...more]), sleep(STOP_WITHIN_MS, undefined, { ref: false })])
    },
  }
}

const bytesOf = (batch: readonly Received[]) => batch.reduce((bytes, { Body }) => bytes + Buffer.byteLength(Body), 0)

/** Messages still in flight were taken by a process that was killed: nobody else takes from this queue. */
function takeBack(queue: Queue): void {
  for (const receiptHandle of [...queue.inflightMessages.keys()]) queue.changeVisibility(receiptHandle, 0)
}
