import type { SnsStore } from './fauxqs.ts'

/** A message that a topic of the local stack has taken. */
export interface Publication {
  topicArn: string
  body: string
  /** Message attributes, by name; binary ones are left out. */
  attributes: Record<string, string>
  /** When it was taken, epoch ms. */
  takenAtMs: number
}
export type OnPublish = (publication: Publication) => void

/** What all topics take. */
export interface Publications {
  /** Calls `onPublish` for each message as it is published. What it throws, the publisher is told. @returns ends that */
  listen(onPublish: OnPublish): () => void
}

interface Seen {
  topicArn: string
  body: string
  messageAttributes: Record<string, { StringValue?: string }>
  timestamp: number
}

export function publicationsOf(topics: SnsStore): Publications {
  const listeners = new Set<OnPublish>()
  const addMessage = ({ topicArn, body, messageAttributes, timestamp }: Seen) => {
    if (listeners.size === 0) return
    const texts = Object.entries(messageAttributes).flatMap(([name, { StringValue }]) =>
      StringValue === undefined ? [] : [[name, StringValue] as const],
    )
    const publication = { topicArn, body, attributes: Object.fromEntries(texts), takenAtMs: timestamp }
    for (const onPublish of listeners) onPublish(publication)
  }
  // What fauxqs calls a spy is told of every publish, and the store takes anything that has this method.
  Object.assign(topics, { spy: { addMessage } })
  return {
    listen(onPublish) {
      listeners.add(onPublish)
      return () => void listeners.delete(onPublish)
    },
  }
}
