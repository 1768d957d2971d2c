import type { SQSBatchResponse } from 'aws-lambda'
import { LEASE_MS } from '../../aws/events-table/leases.ts'
import { VISIBILITY_TIMEOUT_SECONDS } from '../../core/timetable.ts'
import type { Judge } from './judge.ts'
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

/** The same where there are too few, however much waits. */
const POLLERS_OVERLOADED = 1

/** More messages than the first pollers take at once wait behind a burst. */
const BACKLOG = POLLERS * BATCH_SIZE

/** How long an operator takes to send dead letters back, ms. */
const REDRIVE_AFTER_MS = 600_000

/** Input topic, input queue and event source mapping. */
export function startInput(region: Region, lambda: Lambda, judge: Pick<Judge, 'received'>) {
  const { time, faults, outage } = region
  const visible: QueuedMessage[] = []
  const isOverloaded = faults.enabled.has('overload')
  const leastPollers = isOverloaded ? POLLERS_OVERLOADED : POLLERS
  let busy = 0
  let pollers = leastPollers
  let waitedSinceMs = Number.POSITIVE_INFINITY
  const queued = { messages: 0, ms: 0 }
  let growing = false
  let sent = 0
  let deadLetters = 0

  let toldAtMs = 0
  /** What arrives behind a burst waits for its turn, which is told once a second. */
  const tellOfBurst = () => {
    const bursts = ['bursts', 'largePayloads', 'hotPartition', 'overload'] as const
    if (visible.length < BACKLOG || time.now() < toldAtMs + 1_000 || !bursts.some((fault) => faults.enabled.has(fault)))
      return
    toldAtMs = time.now()
    faults.struck(isOverloaded ? 'overload' : 'bursts', EVERYWHERE, 1_000)
  }
  /** Counts what is taken, and for how long, while more waits than is taken at once. */
  const count = (taken: number) => {
    const nowMs = time.now()
    if (waitedSinceMs < nowMs) {
      queued.ms += nowMs - waitedSinceMs
      queued.messages += taken
    }
    waitedSinceMs = visible.length >= BACKLOG ? nowMs : Number.POSITIVE_INFINITY
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
      tellOfBurst()
      const batch = visible.splice(0, BATCH_SIZE)
      count(batch.length)
      void deliver(batch).finally(() => {
        busy--
        pump()
      })
    }
    if (visible.length === 0) pollers = Math.max(leastPollers, busy)
    else if (!growing && !isOverloaded) grow()
  }
  const grow = () => {
    growing = true
    time.at(time.now() + POLLER_ADDED_MS, () => {
      growing = false
      pollers++
      pump()
    })
  }
  const comeBack = (message: QueuedMessage, failedSinceMs: number) => {
    const isDead = message.receives >= MAX_RECEIVES
    const afterMs = isDead ? REDRIVE_AFTER_MS : VISIBILITY_TIMEOUT_SECONDS * 1_000
    if (isDead) deadLetters++
    // What struck another request about its id before, may hold on to that until its lease lapses.
    faults.prolong(wayOf({ Records: [message] }), failedSinceMs - LEASE_MS, afterMs)
    time.at(time.now() + afterMs, () => arrive(isDead ? { ...message, receives: 0 } : message))
  }
  const deliver = async (batch: QueuedMessage[]) => {
    const sinceMs = time.now()
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
    const invoke = () => {
      for (const { body } of batch) judge.received(JSON.parse(body).MessageId)
      return lambda.invoke('validator', event)
    }
    if (faults.strikes('doubledInvocation', 0.005)) {
      faults.struck('doubledInvocation', wayOf(event))
      void invoke().catch(() => {})
    }
    const failed = await invoke().then(
      (response) =>
        new Set((response as SQSBatchResponse).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)),
      () => new Set(batch.map(({ messageId }) => messageId)),
    )
    for (const message of batch.filter(({ messageId }) => failed.has(messageId))) comeBack(message, sinceMs)
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
    /** What was taken while others waited behind it, and for how long some did. */
    queued: () => queued,
  }
}

export type Input = ReturnType<typeof startInput>
