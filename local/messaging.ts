import { buildApp } from 'fauxqs'
import { ACCOUNT, REGION } from './aws-account.ts'
import { AwsError } from './endpoint/aws-error.ts'
import type { Handle } from './endpoint/endpoint.ts'
import { sendsForm } from './endpoint/query-protocol/form-request.ts'
import { sqsService } from './endpoint/query-protocol/sqs.ts'
import { errorXml } from './endpoint/xml.ts'
import {
  type App,
  emptyStores,
  filters,
  openPersistence,
  type Persistence,
  type Queue,
  type SnsStore,
  type SqsStore,
  type Stores,
  sqsStoreClass,
} from './fauxqs.ts'
import { keepMessagesInFifos } from './fifo.ts'
import { type Publications, publicationsOf } from './publications.ts'
import { deliveries, type Outlets } from './sns/deliveries.ts'
import { fanOut } from './sns/fan-out.ts'
import { snsService } from './sns/service.ts'
import { refuseUnserved } from './sns/subscribing.ts'
import { tune } from './sqlite.ts'
import { keepTailsInMemory } from './tails-in-memory.ts'

export type { Queue, SqsStore } from './fauxqs.ts'

/** SNS and SQS: fauxqs inside this process, so that neither clients nor pollers pay for a hop. */
export interface Messaging {
  queues: SqsStore
  topics: SnsStore
  publications: Publications
  /** What clients of each service are served by. */
  services: { sns: Handle; sqs: Handle; sts: Handle }
  stop(): Promise<void>
}

/**
 * @param endpoint what queue URLs begin with
 * @param folder where queues and messages are kept; in memory without it
 * @param outlets what else than queues topics deliver to; without them there are no functions and nobody is told
 */
export async function startMessaging(endpoint: string, folder?: string, outlets = NO_OUTLETS): Promise<Messaging> {
  const stores = await emptyStores()
  keepMessagesInFifos(stores.sqsStore)
  const persistence = folder ? await persistIn(folder, stores) : undefined
  serveQueuesAt(endpoint, stores.sqsStore)
  const app = buildApp({ logger: false, defaultRegion: REGION, stores })
  giveBackWhatNobodyReceived(app, stores.sqsStore)
  const commit = persistence ? shareTransactions(persistence, app) : () => {}
  answerErrorsAsAwsDoes(app)
  const sqs = sqsService(app)
  const { sns, stopDelivering } = await serveTopics(app, stores, { ...outlets, endpoint })
  await app.ready()
  return {
    queues: stores.sqsStore,
    topics: stores.snsStore,
    publications: publicationsOf(stores.snsStore),
    services: { sns, sqs, sts: sns },
    async stop() {
      stopDelivering()
      await app.close()
      commit()
      persistence?.close()
    },
  }
}

const NO_OUTLETS: Outlets = {
  lambda: { has: () => false, invoke: () => Promise.reject(new Error('there are no functions')) },
  onLog() {},
}

/** Topics deliver to queues by fauxqs itself, and to HTTP endpoints and functions by what is added to it here. */
async function serveTopics(
  app: App,
  { sqsStore: queues, snsStore: topics }: Stores,
  outlets: Outlets & { endpoint: string },
) {
  const { createMessage } = await sqsStoreClass()
  const delivering = deliveries({ ...outlets, queues, createMessage })
  refuseUnserved(topics, { queues, lambda: outlets.lambda, askToConfirm: delivering.askToConfirm })
  const sns = snsService(app, { topics, queues, fanOut: fanOut(topics, await filters(), delivering) })
  return { sns, stopDelivering: delivering.stop }
}

async function persistIn(folder: string, { sqsStore, snsStore }: Stores): Promise<Persistence> {
  const persistence = await openPersistence(folder)
  tune(persistence.db)
  // fauxqs 2.4.1 sets approximate_receive_count to NULL here, which its own schema forbids.
  const ready = persistence.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  )
  persistence.updateMessageReady = (messageId) => void ready.run(messageId)
  keepTailsInMemory(persistence)
  persistence.loadSqsAndSns(sqsStore, snsStore)
  // Only now: loading would write every row again.
  Object.assign(sqsStore, { persistence })
  Object.assign(snsStore, { persistence })
  for (const queue of sqsStore.allQueues()) Object.assign(queue, { persistence })
  return persistence
}

/**
 * What is written in one turn of the event loop shares a transaction, and the requests of that turn are answered when it
 * has ended: each write in a transaction of its own costs three times as much.
 * @returns ends the transaction that is open, if there is one
 */
function shareTransactions(persistence: Persistence, app: App): () => void {
  const [begin, end] = [persistence.db.prepare('BEGIN'), persistence.db.prepare('COMMIT')]
  let open = false
  let answers: (() => void)[] = []
  const commit = () => {
    if (!open) return
    end.run()
    open = false
    const kept = answers
    answers = []
    for (const answer of kept) answer()
  }
  for (const name of ['insertMessage', 'deleteMessage', 'updateMessageInflight', 'updateMessageReady'] as const) {
    const write = persistence[name].bind(persistence) as (...args: unknown[]) => void
    persistence[name] = (...args: unknown[]) => {
      if (!open) {
        begin.run()
        open = true
        setImmediate(commit)
      }
      write(...args)
    }
  }
  app.addHook('onSend', (_request, _reply, payload, done) => {
    if (open) answers.push(() => done(null, payload))
    else done(null, payload)
  })
  return commit
}

/** fauxqs names queues `sqs.us-east-1.localhost`, which resolves nowhere; kept queues may be from another port. */
function serveQueuesAt(endpoint: string, store: SqsStore): void {
  store.buildQueueUrl = (name: string) => `${endpoint}/${ACCOUNT}/${name}`
  const byUrl = (store as unknown as { queues: Map<string, Queue> }).queues
  for (const queue of [...store.allQueues()]) {
    byUrl.delete(queue.url)
    Object.assign(queue, { url: store.buildQueueUrl(queue.name, '', '', REGION) })
    byUrl.set(queue.url, queue)
  }
}

/** A long poll whose client has gone still takes messages: they go back at once, not at their visibility timeout. */
function giveBackWhatNobodyReceived(app: App, store: SqsStore): void {
  app.addHook('preSerialization', async (request, _reply, payload) => {
    const messages = (payload as { Messages?: { ReceiptHandle: string }[] } | null)?.Messages
    if (messages && request.raw.socket.destroyed) {
      const queue = store.getQueue((request.body as { QueueUrl: string }).QueueUrl)
      for (const message of messages) queue?.changeVisibility(message.ReceiptHandle, 0)
    }
    return payload
  })
}

function answerErrorsAsAwsDoes(app: App): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const { code, message, status } = asAwsError(error)
    reply.status(status)
    if (sendsForm(request.raw))
      return reply.header('content-type', 'text/xml').send(errorXml({ code, message, status }))
    reply.header('content-type', 'application/x-amz-json-1.0')
    return { __type: code, message }
  })
}

function asAwsError(error: Error & { statusCode?: number }): AwsError {
  if (error instanceof AwsError) return error
  const ours = (error.statusCode ?? 500) >= 500
  return new AwsError(ours ? 'InternalFailure' : 'SerializationException', error.message, ours ? 500 : 400)
}
