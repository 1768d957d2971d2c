import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../core/clock.ts'
import type { ScheduledEvent } from '../core/event.ts'
import { MAX_BATCH_ENTRIES } from '../core/output-message.ts'
import type { Log } from './log.ts'
import { snsClient, topics } from './topics.ts'

/** Batches after which V8 has compiled what publishing runs through: a third of a second on one core. */
const BATCHES = 300

/** Batches under way at once, so that some connections are used. */
const AT_ONCE = 4

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:warm-up'

/** Events like any others; nobody gets them. */
const EVENTS = Array.from({ length: MAX_BATCH_ENTRIES }, (_, i) => {
  const event = { id: `warm-up-${i}`, dueAtMs: i, attempt: 1, payload: '-'.repeat(200) }
  return event as ScheduledEvent
})

const ENTRIES = EVENTS.map(
  (_, i) => `<member><Id>${i}</Id><MessageId>00000000-0000-0000-0000-00000000000${i}</MessageId></member>`,
)

/** What SNS answers to a batch of which all are published. Source: SNS API reference, PublishBatch. */
const ANSWER = `<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Successful>${ENTRIES.join('')}</Successful></PublishBatchResult></PublishBatchResponse>`

/**
 * Warms up, once. Never rejects.
 * @param untilMs it ends by then, done or not, epoch ms
 * @returns the batches that were published
 */
export type WarmUp = (untilMs: number) => Promise<number>

/**
 * Publishes to a stand-in for SNS inside this process, once. The first batches of a process take far longer than
 * later ones, and otherwise a burst would be the one to meet them (`npm run bench:burst`).
 */
export function warmUpWith({ clock, log }: { clock: Clock; log: Log }): WarmUp {
  let warmingUp: Promise<number> | undefined
  return async (untilMs: number): Promise<number> => {
    if (!warmingUp && clock.now() >= untilMs) return 0
    warmingUp ??= warmUp(() => clock.now() < untilMs).catch((error) => {
      log.warn('no warm-up', { error: String(error) })
      return 0
    })
    return warmingUp
  }
}

async function warmUp(hasTime: () => boolean): Promise<number> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'text/xml').end(ANSWER))
  })
  try {
    return await publishTo(await listen(server), hasTime)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

async function listen(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function publishTo(endpoint: string, hasTime: () => boolean): Promise<number> {
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' }
  const client = snsClient({ endpoint, region: 'us-east-1', credentials })
  const { publish } = topics(client)
  let published = 0
  for (let begun = 0; begun < BATCHES && hasTime(); begun += AT_ONCE) {
    const batches = await Promise.all(Array.from({ length: AT_ONCE }, () => publish(TOPIC, EVENTS)))
    published += batches.filter((results) => results.every(({ ok }) => ok)).length
  }
  client.destroy()
  return published
}
