import type { SnsStore } from './fauxqs.ts'

/** A message that a topic of the local stack has taken. */
export interface Publication {
  topicArn: string
  body: string
  /** Message attributes, by name; binary ones are left out. */
  attributes: Record<string, string>
}
export type OnPublish = (publication: Publication) => void

interface Seen {
  topicArn: string
  body: string
  messageAttributes: Record<string, { StringValue?: string }>
}

/** Calls `onPublish` for each message as it is published. What it throws, the publisher is told. */
export function tellOfPublications(topics: SnsStore, onPublish: OnPublish): void {
  const addMessage = ({ topicArn, body, messageAttributes }: Seen) => {
    const texts = Object.entries(messageAttributes).flatMap(([name, { StringValue }]) =>
      StringValue === undefined ? [] : [[name, StringValue] as const],
    )
    onPublish({ topicArn, body, attributes: Object.fromEntries(texts) })
  }
  // What fauxqs calls a spy is told of every publish, and the store takes anything that has this method.
  Object.assign(topics, { spy: { addMessage } })
}
