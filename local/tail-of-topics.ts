import type { TailQueue } from '../aws/tail-queue.ts'
import type { Publication, Publications } from './publications.ts'

/** Most messages that wait for whoever tails; the oldest of more are dropped. */
const MOST_WAITING = 10_000

/**
 * A tail for what runs in the process of the topics: it hears of what they take, where a queue behind them would cost each
 * delivery as much again, in the thread that makes deliveries.
 */
export function tailOfTopics(publications: Publications, topicArns: readonly string[]): TailQueue {
  let bodies: string[] = []
  let wake = () => {}
  const stop = publications.listen((publication) => {
    if (!topicArns.includes(publication.topicArn)) return
    if (bodies.length === MOST_WAITING) bodies = bodies.slice(MOST_WAITING / 10)
    bodies.push(envelopeOf(publication))
    wake()
  })
  return {
    async receive({ waits = true, signal } = {}) {
      if (bodies.length === 0 && waits && !signal?.aborted)
        await new Promise<void>((resolve) => {
          const done = () => {
            signal?.removeEventListener('abort', done)
            resolve()
          }
          wake = done
          signal?.addEventListener('abort', done)
        })
      const taken = bodies
      bodies = []
      return { bodies: taken, isFull: false }
    },
    async remove() {
      stop()
    },
  }
}

/** As much of the envelope of SNS as a tail reads. */
function envelopeOf({ topicArn, body, attributes, takenAtMs }: Publication): string {
  return JSON.stringify({
    TopicArn: topicArn,
    Message: body,
    Timestamp: new Date(takenAtMs).toISOString(),
    MessageAttributes: Object.fromEntries(Object.entries(attributes).map(([name, Value]) => [name, { Value }])),
  })
}
