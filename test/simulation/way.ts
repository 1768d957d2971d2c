import type { EventRef } from '../../core/event.ts'
import type { Segment } from '../../core/segment.ts'
import { LOADER, type Way } from './strikes.ts'

/** What a function or a state machine is handed, as far as its way can be told from it. */
interface Input {
  /** The validator's: messages. */
  Records?: { body: string }[]
  /** The runner's, the planner's, the settler's and the emitter's. */
  slot?: string
  segment?: Segment
  /** The express lane's. */
  events?: EventRef[]
}

/** The places that an invocation or an execution works on, by its input. What names nothing is the loader's. */
export function wayOf(input: unknown): Way {
  const { Records, slot, segment, events } = input as Input
  if (Records)
    return Records.flatMap(({ body }) => {
      const { Message, MessageId } = JSON.parse(body)
      return wayOfMessage(Message, MessageId)
    })
  if (events) return events.map(({ slot, key }) => ({ slot, key }))
  if (slot === undefined) return LOADER
  return [segment ? { slot, from: segment.from, to: segment.to } : { slot }]
}

/** The id that a message of the simulated clients is about: by default it is that of the message. */
export function wayOfMessage(message: string, messageId: string): Way {
  const { id = messageId } = JSON.parse(message)
  return [{ id }]
}
