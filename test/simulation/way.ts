import type { EventRef } from '../../core/event.ts'
import type { Segment } from '../../core/segment.ts'
import { LOADER, nameOf, type Way } from './strikes.ts'

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
  if (Records) return Records.flatMap(({ body }) => wayOfMessage(JSON.parse(body).Message))
  if (events) return events.map(({ slot, key }) => ({ slot, key }))
  if (slot === undefined) return LOADER
  return [segment ? { slot, from: segment.from, to: segment.to } : { slot }]
}

/** The event that a message of the simulated clients is about, at its old date and its new one; none where it names no date. */
export function wayOfMessage(message: string): Way {
  const { id, date, new_date: newDate } = JSON.parse(message)
  const dates = [date, newDate].map((one) => Date.parse(one)).filter((one) => !Number.isNaN(one))
  return id === undefined ? [] : dates.map((dueAtMs) => ({ event: nameOf(id, dueAtMs) }))
}
