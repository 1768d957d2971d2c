import type { Input } from './input.ts'
import type { Judge } from './judge.ts'
import type { Request } from './story.ts'

/** A request, and what else its message says. */
export interface Message {
  /** Default: the MessageId. */
  id?: string | undefined
  request: Request
  target?: string | undefined
  failureTopic?: string | undefined
  /** Characters of the payload, if they are more than its content. */
  size?: number
}

/** Publishes, and tells the judge. @returns the id that the message is about */
export type Publish = (message: Message) => string

export function publishTo(input: Input, judge: Judge): Publish {
  return (message) => {
    const messageId = input.publish(textOf(message))
    const { id = messageId, request } = message
    judge.requested(id, messageId, request)
    return id
  }
}

/** The message as its client writes it. */
function textOf({ id, request, target, failureTopic, size = 0 }: Message): string {
  const { action, dueAtMs } = request
  const { content, latestAtMs, toMs, replace } = {
    content: undefined,
    latestAtMs: undefined,
    toMs: undefined,
    replace: undefined,
    ...request,
  }
  return JSON.stringify({
    ...(action === 'schedule' ? { user: 'simulation' } : { action }),
    id,
    date: iso(dueAtMs),
    new_date: iso(toMs),
    target,
    payload: content?.padEnd(size, '.'),
    latest: iso(latestAtMs),
    failure_topic: failureTopic,
    replace,
  })
}

function iso(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : new Date(atMs).toISOString()
}
