import { type BuildAppOptions, buildApp } from 'fauxqs'
import { ACCOUNT, REGION } from './aws-account.ts'
import { tune } from './sqlite.ts'

type Stores = NonNullable<BuildAppOptions['stores']>
export type SqsStore = Stores['sqsStore']
export type SnsStore = Stores['snsStore']
export type Queue = NonNullable<ReturnType<SqsStore['getQueueByArn']>>

/** The few members we use of a class that fauxqs does not export. */
interface Persistence {
  db: import('node:sqlite').DatabaseSync
  loadSqsAndSns(sqs: SqsStore, sns: SnsStore): void
  insertMessage(...message: unknown[]): void
  deleteMessage(messageId: string): void
  updateMessageInflight(...message: unknown[]): void
  updateMessageReady(messageId: string): void
  close(): void
}

/** SNS and SQS: fauxqs inside this process, so that neither clients nor pollers pay for a hop. */
export interface Messaging {
  queues: SqsStore
  topics: SnsStore
  app: ReturnType<typeof buildApp>
  stop(): Promise<void>
}

/**
 * @param endpoint what queue URLs begin with
 * @param folder where queues and messages are kept; in memory without it
 */
export async function startMessaging(endpoint: string, folder?: string): Promise<Messaging> {
  const stores = await emptyStores()
  const persistence = folder ? await persistIn(folder, stores) : undefined
  serveQueuesAt(endpoint, stores.sqsStore)
  const app = buildApp({ logger: false, defaultRegion: REGION, stores })
  giveBackWhatNobodyReceived(app, stores.sqsStore)
  const commit = persistence ? shareTransactions(persistence, app) : () => {}
  answerErrorsAsAwsDoes(app)
  await app.ready()
  return {
    queues: stores.sqsStore,
    topics: stores.snsStore,
    app,
    async stop() {
      await app.close()
      commit()
      persistence?.close()
    },
  }
}

/** `startFauxqs` would bind to 0.0.0.0, and fauxqs exports nothing else that persists: so its modules, by path. */
const inside = <Module>(path: string) => import(new URL(path, import.meta.resolve('fauxqs')).href) as Promise<Module>

async function emptyStores(): Promise<Stores> {
  const { SqsStore } = await inside<{ SqsStore: new () => SqsStore }>('./sqs/sqsStore.js')
  const { SnsStore } = await inside<{ SnsStore: new () => SnsStore }>('./sns/snsStore.js')
  const { S3Store } = await inside<{ S3Store: new () => Stores['s3Store'] }>('./s3/s3Store.js')
  return { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() }
}

async function persistIn(folder: string, { sqsStore, snsStore }: Stores): Promise<Persistence> {
  const module = await inside<{ PersistenceManager: new (folder: string) => Persistence }>('./persistence.js')
  const persistence = new module.PersistenceManager(folder)
  tune(persistence.db)
  // fauxqs 2.4.1 sets approximate_receive_count to NULL here, which its own schema forbids.
  const ready = persistence.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  )
  persistence.updateMessageReady = (messageId) => void ready.run(messageId)
  persistence.loadSqsAndSns(sqsStore, snsStore)
  // Only now: loading would write every row again.
  Object.assign(sqsStore, { persistence })
  Object.assign(snsStore, { persistence })
  for (const queue of sqsStore.allQueues()) Object.assign(queue, { persistence })
  return persistence
}

/**
 * What is written in one turn of the event loop shares a transaction, which ends before any request is answered: each
 * write in one of its own costs three times as much.
 * @returns ends the transaction that is open, if there is one
 */
function shareTransactions(persistence: Persistence, app: Messaging['app']): () => void {
  const [begin, end] = [persistence.db.prepare('BEGIN'), persistence.db.prepare('COMMIT')]
  let open = false
  const commit = () => {
    if (open) end.run()
    open = false
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
    commit()
    done(null, payload)
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
function giveBackWhatNobodyReceived(app: Messaging['app'], store: SqsStore): void {
  app.addHook('preSerialization', async (request, _reply, payload) => {
    const messages = (payload as { Messages?: { ReceiptHandle: string }[] } | null)?.Messages
    if (messages && request.raw.socket.destroyed) {
      const queue = store.getQueue((request.body as { QueueUrl: string }).QueueUrl)
      for (const message of messages) queue?.changeVisibility(message.ReceiptHandle, 0)
    }
    return payload
  })
}

function answerErrorsAsAwsDoes(app: Messaging['app']): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const ours = (error.statusCode ?? 500) >= 500
    reply.status(ours ? 500 : 400).header('content-type', 'application/x-amz-json-1.0')
    return { __type: ours ? 'InternalFailure' : 'SerializationException', message: error.message }
  })
}
