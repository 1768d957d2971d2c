import type { SQSBatchResponse } from 'aws-lambda'
import { VISIBILITY_TIMEOUT_SECONDS } from '../../core/timetable.ts'
import type { Lambda } from './lambda.ts'
import type { Region } from './region.ts'
import { EVERYWHERE } from './strikes.ts'
import { wayOf, wayOfMessage } from './way.ts'

interface QueuedMessage {
  messageId: string
  body: string
  sentAtMs: number
  receives: number
  /** When it was handed out first, epoch ms. */
  firstAtMs?: number
}

/** As the stack declares them. */
const BATCH_SIZE = 10
const MAX_RECEIVES = 100

/**
 * Invocations side by side: five at first, and more, 300 a minute, while messages wait. Source: Lambda developer guide,
 * SQS event source mappings, scaling.
 */
const POLLERS = 5
const POLLER_ADDED_MS = 200

/** More messages than the first pollers take at once wait behind a burst. */
const BACKLOG = POLLERS * BATCH_SIZE

/** How long an operator takes to send dead letters back, ms. */
const REDRIVE_AFTER_MS = 600_000

/** Input topic, input queue and event source mapping. */
export function startInput(region: Region, lambda: Lambda) {
  const { time, faults, outage } = region
  const visible: QueuedMessage[] = []
  let busy = 0
  let pollers = POLLERS
  let growing = false
  let sent = 0
  let deadLetters = 0

  let toldAtMs = 0
  /** What arrives behind a burst waits for its turn, which is told once a second. */
  const tellOfBurst = () => {
    const bursts = ['bursts', 'largePayloads', 'hotPartition'] as const
    if (visible.length < BACKLOG || time.now() < toldAtMs + 1_000 || !bursts.some((fault) => faults.enabled.has(fault)))
      return
    toldAtMs = time.now()
    faults.struck('bursts', EVERYWHERE, 1_000)
  }
  const arrive = (message: QueuedMessage) => {
    visible.push(message)
    tellOfBurst()
    pump()
  }
  const pump = () => {
    // Where no function runs, nobody asks for messages; they are kept.
    if (outage?.holds('functions')) return
    while (busy < pollers && visible.length > 0) {
      busy++
      void deliver(visible.splice(0, BATCH_SIZE)).finally(() => {
        busy--
        pump()
      })
    }
    if (visible.length === 0) pollers = Math.max(POLLERS, busy)
    else if (!growing) grow()
  }
  const grow = () => {
    growing = true
    time.at(time.now() + POLLER_ADDED_MS, () => {
      growing = false
      pollers++
      pump()
    })
  }
  const comeBack = (message: QueuedMessage) => {
    if (message.receives < MAX_RECEIVES)
      return void time.at(time.now() + VISIBILITY_TIMEOUT_SECONDS * 1_000, () => arrive(message))
    deadLetters++
    time.at(time.now() + REDRIVE_AFTER_MS, () => arrive({ ...message, receives: 0 }))
  }
  const deliver = async (batch: QueuedMessage[]) => {
    for (const message of batch) {
      message.receives++
      message.firstAtMs ??= time.now()
    }
    const event = {
      Records: batch.map(({ messageId, body, sentAtMs, receives, firstAtMs }) => ({
        messageId,
        body,
        attributes: {
          SentTimestamp: String(sentAtMs),
          ApproximateReceiveCount: String(receives),
          ApproximateFirstReceiveTimestamp: String(firstAtMs),
        },
      })),
    }
    if (faults.strikes('doubledInvocation', 0.005)) {
      faults.struck('doubledInvocation', wayOf(event))
      void lambda.invoke('validator', event).catch(() => {})
    }
    const failed = await lambda.invoke('validator', event).then(
      (response) =>
        new Set((response as SQSBatchResponse).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)),
      () => new Set(batch.map(({ messageId }) => messageId)),
    )
    for (const message of batch.filter(({ messageId }) => failed.has(messageId))) comeBack(message)
  }
  if (outage?.kind === 'functions') time.at(outage.untilMs, pump)
  return {
    /**
     * Publishes to the input topic, which takes it at once.
     * @returns the MessageId
     */
    publish(message: string): string {
      const MessageId = `sns-${sent++}`
      const Timestamp = new Date(time.now()).toISOString()
      const body = JSON.stringify({ Type: 'Notification', MessageId, Message: message, Timestamp })
      const way = wayOfMessage(message, MessageId)
      const copies = faults.strikes('redelivery', 0.01) ? 2 : 1
      if (copies > 1) faults.struck('redelivery', way)
      for (let copy = 0; copy < copies; copy++) {
        const overtaken = copy === 0 && faults.strikes('reordering', 0.02)
        const lateMs =
          copy > 0 ? faults.between(10, 300_000) : overtaken ? faults.between(100, 30_000) : faults.between(5, 50)
        if (overtaken) faults.struck('reordering', way, lateMs)
        void region
          .pass(lateMs)
          .then(() => arrive({ messageId: `${MessageId}-${copy}`, body, sentAtMs: time.now(), receives: 0 }))
      }
      return MessageId
    },
    /** Messages that were received too often. */
    deadLetters: () => deadLetters,
  }
}

export type Input = ReturnType<typeof startInput>
