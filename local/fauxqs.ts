import type { BuildAppOptions, buildApp } from 'fauxqs'

export type App = ReturnType<typeof buildApp>
export type Stores = NonNullable<BuildAppOptions['stores']>
export type SqsStore = Stores['sqsStore']
export type SnsStore = Stores['snsStore']
export type Queue = NonNullable<ReturnType<SqsStore['getQueueByArn']>>
export type Subscription = NonNullable<ReturnType<SnsStore['getSubscription']>>

/** As SNS publishes it; binary values are base64. */
export interface MessageAttribute {
  DataType: string
  StringValue?: string
  BinaryValue?: string
}
export type MessageAttributes = Record<string, MessageAttribute>
export type CreateMessage = (body: string, attributes: MessageAttributes) => Parameters<Queue['enqueue']>[0]

/** What decides whether a subscription gets a message: the same for every protocol. */
export interface Filters {
  matchesFilterPolicy(policy: object, attributes: MessageAttributes): boolean
  matchesFilterPolicyOnBody(policy: object, text: string): boolean
}

/** The few members we use of a class that fauxqs does not export. */
export interface Persistence {
  db: import('node:sqlite').DatabaseSync
  loadSqsAndSns(sqs: SqsStore, sns: SnsStore): void
  insertQueue(queue: Queue): void
  insertSubscription(subscription: Subscription): void
  updateTopicSubscriptionArns(topicArn: string, arns: string[]): void
  insertMessage(...message: unknown[]): void
  deleteMessage(messageId: string): void
  updateMessageInflight(...message: unknown[]): void
  updateMessageReady(messageId: string): void
  close(): void
}

/** `startFauxqs` would bind to 0.0.0.0, and fauxqs exports nothing else that persists: so its modules, by path. */
const inside = <Module>(path: string) => import(new URL(path, import.meta.resolve('fauxqs')).href) as Promise<Module>

type SqsStoreClass = { new (): SqsStore; createMessage: CreateMessage }

export const sqsStoreClass = async () => (await inside<{ SqsStore: SqsStoreClass }>('./sqs/sqsStore.js')).SqsStore
export const filters = () => inside<Filters>('./sns/filter.js')

export async function emptyStores(): Promise<Stores> {
  const SqsStore = await sqsStoreClass()
  const { SnsStore } = await inside<{ SnsStore: new () => SnsStore }>('./sns/snsStore.js')
  const { S3Store } = await inside<{ S3Store: new () => Stores['s3Store'] }>('./s3/s3Store.js')
  return { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() }
}

export async function openPersistence(folder: string): Promise<Persistence> {
  const module = await inside<{ PersistenceManager: new (folder: string) => Persistence }>('./persistence.js')
  return new module.PersistenceManager(folder)
}
